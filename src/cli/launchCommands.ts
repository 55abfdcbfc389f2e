/** The commands about jobs on targets, as the command line has them. */
import type { Command } from "commander";

export function addLaunchCommands(program: Command): void {
  program
    .command("follow <run>")
    .summary("show what a run on a target prints, until it ends")
    .description(
      "Shows all that a run on a target has printed and goes on until it ends, then ends with its exit code. Ctrl-C ends the showing; the run goes on. `modeltrail stop` ends the run.",
    )
    .action(async (run: string) => (await import("./commands/targetRun")).followCommand(run));

  program
    .command("follow-job <id> [command...]", { hidden: true })
    .description("looks after a job on a target until it has ended")
    .passThroughOptions()
    .action(async (id: string, command: string[]) =>
      (await import("./commands/followJob")).followJobCommand(id, command),
    );
}
