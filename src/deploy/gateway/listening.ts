/** Where callers reach the gateway: taken, changed without a gap, and told when somebody else has it. */
import type { Server } from "node:http";
import { UserError } from "../../domain/errors";
import { portHolder } from "./portHolder";

/** Callers who wait until they are taken. */
const BACKLOG = 1_024;

export interface Address {
  host: string;
  /** 0: any that is free. */
  port: number;
}

/** `socket`: one that listens there already. Resolves with the port. Throws UserError that says who has it, where that can be known. */
export async function listenAt(server: Server, { host, port }: Address, socket?: object | null): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      const listening = () => {
        server.off("error", reject);
        resolve();
      };
      if (socket) server.listen(socket, BACKLOG, listening);
      else server.listen({ host, port, backlog: BACKLOG }, listening);
    });
  } catch (error) {
    throw await explain(error as NodeJS.ErrnoException, { host, port });
  }
  return (server.address() as { port: number }).port;
}

async function explain(error: NodeJS.ErrnoException, { host, port }: Address): Promise<UserError> {
  const options = { cause: error };
  switch (error.code) {
    case "EADDRINUSE": {
      const holder = await portHolder(port);
      const by = holder ? ` by ${holder}` : "";
      return new UserError(
        `Port ${port} is taken${by}. End that, or give the deployment another port in modeltrail.yaml.`,
        options,
      );
    }
    case "EACCES":
      return new UserError(`Port ${port} may not be used by you. Choose one from 1024 on in modeltrail.yaml.`, options);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new UserError(
        `"${host}" is no address of this machine. Give \`host\` another in modeltrail.yaml.`,
        options,
      );
    default:
      return new UserError(`Port ${port} of ${host} could not be listened at: ${error.message}.`, options);
  }
}

export function urlOf({ host, port }: Address): string {
  // All addresses of a machine include its loopback address.
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** Whether this names nothing but this machine itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
