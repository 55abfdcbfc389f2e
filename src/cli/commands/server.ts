/** `modeltrail server`: a tracking server for notebooks, other terminals and other machines. */
import { isIP } from "node:net";
import { UserError } from "../../domain/errors";
import { createMlflowServer, type MlflowServer } from "../../ingest/mlflow/server";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { print, styled } from "../print";
import { keepServerAddress, readServerAddress } from "../serverAddress";

export interface ServerOptions {
  host: string;
  port?: string;
  name?: string[];
  artifacts: string;
  json?: boolean;
}

/** Serves until it is interrupted. */
export async function serverCommand(options: ServerOptions): Promise<void> {
  const { artifacts } = options;
  if (isIP(options.host) === 0) throw new UserError(`"${options.host}" is no IP address. Give one like 127.0.0.1.`);
  if (artifacts !== "file" && artifacts !== "http") {
    throw new UserError(`"${artifacts}" is no way for artifacts to come. Choose file or http.`);
  }
  const store = openStore(locateRoot(process.cwd()).root);
  try {
    const known = readServerAddress(store.folder);
    const { secret } = known;
    const port = options.port === undefined ? known.port : readPort(options.port);
    const onError = (error: unknown) => process.stderr.write(`modeltrail server: ${(error as Error).message}\n`);
    const server = createMlflowServer({ store, secret, artifacts, hosts: options.name ?? [], onError });
    const uri = await listen(server, options.host, port);
    keepServerAddress(store.folder, { secret, port: Number(new URL(uri).port) });
    const end = interrupted();
    say(uri, options);
    await end;
    // Who is being answered gets the answer; a client that only holds its connection is not waited for.
    await server.close();
  } finally {
    store.close();
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UserError(`"${text}" is no port. Give a number up to 65535, or 0 for any that is free.`);
}

async function listen(server: MlflowServer, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      const hint = `End what uses it (perhaps a \`modeltrail server\` of this project), or choose another with --port.`;
      throw new UserError(`Port ${port} is taken. ${hint}`, { cause: error });
    }
    throw new UserError(
      `Cannot listen on ${host}, port ${port} (${(error as Error).message}). Choose another with --port.`,
      {
        cause: error,
      },
    );
  }
}

function say(uri: string, { host, json }: ServerOptions): void {
  if (json) {
    print(JSON.stringify({ uri }));
    return;
  }
  print(`${styled("MLflow tracking URI", "bold")}\n  ${uri}\n`);
  print(`For scripts:    export MLFLOW_TRACKING_URI=${uri}`);
  print(`In a notebook:  mlflow.set_tracking_uri("${uri}")`);
  print("Who knows this address can write to the runs of this project. Ctrl-C ends the server.");
  if (!host.startsWith("127.") && host !== "::1") {
    print(
      styled("What is sent can be read on the network: better is an SSH tunnel to a server on 127.0.0.1.", "yellow"),
    );
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}
