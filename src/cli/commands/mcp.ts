/** `modeltrail mcp`: the runs of a project for language models, over the Model Context Protocol. */
import { resolve } from "node:path";
import { version } from "../../../package.json";
import { serveMcp } from "../../agents/mcpServer";

export async function mcpCommand(options: { project?: string }): Promise<void> {
  const folder = resolve(options.project ?? ".");
  await serveMcp({ folder, env: process.env, version, cli: process.argv[1]! });
}
