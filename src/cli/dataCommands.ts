/** The commands about datasets and where files come from. */
import type { Command } from "commander";

export function addDataCommands(program: Command): void {
  const data = program
    .command("data")
    .summary("datasets and their versions: ls, versions, diff, verify")
    .description(
      "Datasets are declared in modeltrail.yaml, tracked by DVC, or simply the files that runs read. VERSION is the beginning of a version, `latest`, `previous`, or a run that used it.",
    );

  data
    .command("ls")
    .summary("list datasets, with what is kept of them")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/data")).listDatasetsCommand(options));

  data
    .command("versions <name>")
    .summary("list the versions of a dataset and the runs that used them")
    .option("--limit <count>", "how many at the most", "20")
    .option("--json", "as a JSON array")
    .action(async (name: string, options) => (await import("./commands/data")).listVersionsCommand(name, options));

  data
    .command("diff <name> [before] [after]")
    .summary("how two versions differ: files, and rows and columns of tables (default: previous and latest)")
    .option("--files-only", "leave out what changed inside of tables")
    .option("--limit <count>", "how many files of each kind are named at the most", "20")
    .option("--json", "as a JSON object")
    .action(async (name: string, before: string | undefined, after: string | undefined, options) =>
      (await import("./commands/dataDiff")).diffCommand(name, before, after, options),
    );

  data
    .command("verify [name]")
    .summary("check all that is kept of datasets, or of one, against its hashes")
    .option("--json", "as a JSON object")
    .action(async (name: string | undefined, options) =>
      (await import("./commands/dataVerify")).verifyCommand(name, options),
    );

  program
    .command("lineage <file>")
    .summary("where a file came from, or what depends on it, over runs")
    .description(
      "FILE is a file on disk, which is found by its content under whatever name; a path that runs have used; a dataset; or sha256:… of a content.",
    )
    .option("--up", "to the runs that wrote it and what they read (the default)")
    .option("--down", "to the runs that read it and what they wrote")
    .option("--depth <count>", "how many runs far", "10")
    .option("--limit <count>", "how many files and runs are shown below each other one", "10")
    .option("--json", "as a JSON object")
    .action(async (file: string, options) => (await import("./commands/lineage")).lineageCommand(file, options));
}
