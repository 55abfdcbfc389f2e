/** Whether the port that a deployment asks for can be had. */
import { createServer } from "node:http";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { Problem } from "../../targets/contract";
import { readGatewayFile } from "../gateway/files";
import { listenAt } from "../gateway/listening";

/** `folder`: the deployment's. Its own gateway may have it. */
export async function checkPort(folder: string, { host = "127.0.0.1", port }: DeploymentSettings): Promise<Problem[]> {
  if (port === undefined) return [];
  const own = readGatewayFile(folder)?.settings;
  if (own?.port === port && own.host === host) return [];
  const server = createServer();
  try {
    await listenAt(server, { host, port });
    await new Promise((resolve) => server.close(resolve));
    return [];
  } catch (error) {
    return [{ severity: "error", message: (error as Error).message }];
  }
}
