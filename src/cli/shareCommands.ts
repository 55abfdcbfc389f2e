/** The commands that take runs and their code to other machines. */
import type { Command } from "commander";

export function addShareCommands(program: Command): void {
  program
    .command("export <runs...>")
    .summary("write runs with all that belongs to them into one file")
    .description(
      "Writes runs and their child runs into one archive: params, metrics, log, code, and the contents of data, config files and artifacts that are kept.",
    )
    .requiredOption("-o, --output <file>", "the archive to write, for example runs.modeltrail.zip")
    .option("--without-data", "leave out the contents of data, config files and artifacts")
    .option("--without-log", "leave out what the runs printed")
    .option("--force", "replace the file when it is there")
    .option("--json", "as a JSON object")
    .action(async (runs: string[], options) => (await import("./commands/export")).exportCommand(runs, options));

  program
    .command("import <file>")
    .summary("bring in the runs of an archive")
    .option("--json", "as a JSON object")
    .action(async (file: string, options) => (await import("./commands/import")).importCommand(file, options));

  program
    .command("push [remote] [runs...]")
    .summary("push the code of runs to a git remote; of all runs when none is named")
    .option("--json", "as a JSON object")
    .action(async (remote: string | undefined, runs: string[], options) =>
      (await import("./commands/push")).pushCommand(remote, runs, options),
    );

  program
    .command("fetch [remote] [runs...]")
    .summary("fetch the code of runs from a git remote; all that it has when none is named")
    .option("--json", "as a JSON object")
    .action(async (remote: string | undefined, runs: string[], options) =>
      (await import("./commands/push")).fetchCommand(remote, runs, options),
    );
}
