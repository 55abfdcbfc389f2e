/** The processes of deployments on this machine, as the command line has them: started by `modeltrail deploy`, not by people. */
import type { Command } from "commander";

export function addGatewayCommands(program: Command): void {
  const gateway = program.command("gateway", { hidden: true });

  gateway
    .command("keep <deployment>")
    .summary("start the deployment's gateway, and again whenever it was killed")
    .action(async (name: string) => (await import("./commands/gateway")).keepGatewayCommand(name));

  gateway
    .command("serve <deployment>")
    .summary("be the deployment's gateway")
    .action(async (name: string) => (await import("./commands/gateway")).serveGatewayCommand(name));

  gateway
    .command("container")
    .summary("be a model server that is in a container")
    .requiredOption("--server <json>", "what runs in it, and how")
    .requiredOption("--ready-file <path>", "where to say that it is ready")
    .option("--host <address>", "this machine's own")
    .option("--port <port>", "a free one")
    .action(async (options) => (await import("./commands/gateway")).serveContainerCommand(options));
}
