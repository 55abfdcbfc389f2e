/** The commands about space, as the command line has them. */
import type { Command } from "commander";

export function addSpaceCommands(program: Command): void {
  program
    .command("pin <runs...>")
    .summary("keep runs for good: no rule frees them, and they cannot be deleted")
    .action(async (runs: string[]) => (await import("./commands/pin")).pinCommand(runs, true));

  program
    .command("unpin <runs...>")
    .summary("take that back")
    .action(async (runs: string[]) => (await import("./commands/pin")).pinCommand(runs, false));

  program
    .command("gc")
    .summary("show what uses how much space, and free what is not needed any more")
    .description(
      "Frees runs that were deleted long enough ago, what no run names any more, and, over a budget, scratch runs. The rules are in modeltrail.yaml, under `space`.",
    )
    .option("-n, --dry-run", "only show what would be freed")
    .option("--budget <size>", "bytes that the store may take, like 10GB")
    .option("--keep-days <days>", "free runs that were deleted so many days ago; 0: all deleted ones")
    .option("--json", "as a JSON object")
    .action(async (options) => (await import("./commands/gc")).gcCommand(options));
}
