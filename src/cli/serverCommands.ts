/** The commands that serve, as the command line has them. */
import type { Command } from "commander";

export function addServerCommands(program: Command): void {
  program
    .command("server")
    .summary("serve MLflow's clients: notebooks, other terminals, other machines")
    .description(
      "A tracking server that MLflow's clients can use unmodified; their runs are runs of this project. A script that `run` records needs none. It keeps its address when it is started again.",
    )
    .option("--port <port>", "the port to listen on; 0: any that is free (default: that of the last time)")
    .option("--host <address>", "the IP address to listen on", "127.0.0.1")
    .option("--name <host:port...>", "what else clients may call it, as at the near end of a tunnel")
    .option("--artifacts <way>", "file: clients on this machine copy artifacts; http: they send them", "file")
    .option("--json", "print the address as a JSON object")
    .action(async (options) => (await import("./commands/server")).serverCommand(options));

  program
    .command("mcp")
    .summary("serve language models: the runs of this project over the Model Context Protocol")
    .description(
      "An MCP server on standard input and output. Its tools list, search, compare and explain runs and read nothing else; a run is started only after the client has asked its user.",
    )
    .option("--project <folder>", "the project, or a folder in it (default: the working directory)")
    .action(async (options) => (await import("./commands/mcp")).mcpCommand(options));
}
