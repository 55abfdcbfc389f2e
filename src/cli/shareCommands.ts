/** The commands that take runs and their code to other machines. */
import type { Command } from "commander";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

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

  program
    .command("report [runs...]")
    .summary("tell of runs in a page, a document or a comment: what differs, which is best, their curves")
    .description(
      "Writes a report of the named runs, or of the best of an experiment. To standard output it is a comment for a pull request; the file's ending says whether it is a page (.html, needs nothing else) or a document (.md, with its pictures in a folder beside it).",
    )
    .option("--experiment <name>", "the best finished runs of this experiment")
    .option("--best <count>", "how many of them", "10")
    .option(
      "--metric <name>",
      "a metric to tell, the one that ranks the runs first; can be given several times",
      collect,
    )
    .option("--baseline <run>", "the run that the others are measured by")
    .option("--title <text>", "the title")
    .option("--note <text>", "what you have to say of them")
    .option("--format <format>", "html, markdown or comment")
    .option("-o, --output <file>", "the file to write")
    .option("--force", "replace files that are there")
    .option("--json", "what was written, as a JSON object")
    .action(async (runs: string[], options) => (await import("./commands/report")).reportCommand(runs, options));
}
