/** Whether a deployment can listen where it is to, and should. */
import { createServer } from "node:http";
import type { Problem } from "../../targets/contract";
import type { ServingPlan } from "../contract";
import { readGatewayFile } from "../gateway/files";
import { isLoopback, listenAt } from "../gateway/listening";

const HERE = "127.0.0.1";

/** `folder`: the deployment's. Its own gateway may have the port. */
export async function checkAddress(folder: string, plan: ServingPlan): Promise<Problem[]> {
  const { host = HERE, port } = plan.settings;
  const problems = port === undefined ? [] : await checkPort(folder, { host, port });
  return [...problems, ...warnOfOpen(plan)];
}

/** Of an endpoint that others reach and that asks for no token. */
export function warnOfOpen({ settings: { host = HERE }, token }: ServingPlan): Problem[] {
  if (isLoopback(host) || token !== null) return [];
  const message = `Everyone who reaches ${host} over the network can ask this endpoint: \`token: true\` asks callers for a token.`;
  return [{ severity: "warning", message }];
}

async function checkPort(folder: string, { host, port }: { host: string; port: number }): Promise<Problem[]> {
  const own = readGatewayFile(folder)?.settings;
  if (own?.port === port && own.host === host) return [];
  // The port is its own: whether there is such an address, any other tells.
  const at = own?.port === port ? 0 : port;
  const server = createServer();
  try {
    await listenAt(server, { host, port: at });
    await new Promise((resolve) => server.close(resolve));
    return [];
  } catch (error) {
    return [{ severity: "error", message: (error as Error).message }];
  }
}
