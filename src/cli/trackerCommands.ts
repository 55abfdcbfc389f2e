/** The commands that take runs from other trackers and give them to one. */
import { type Command, Option } from "commander";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

/** As `IMPORT_KINDS` has them: not imported, as nothing is to be loaded before a command is known. */
const KINDS = ["mlflow-folder", "mlflow-database", "mlflow-server", "dvc", "tensorboard", "wandb", "trackio", "aim"];

export function addTrackerCommands(program: Command): void {
  program
    .command("import-from <source>")
    .summary("bring in the runs of another tracker: MLflow, DVC, TensorBoard, W&B, Trackio, Aim")
    .description(
      "Imports runs from SOURCE: an mlruns folder, an mlflow.db, the address of an MLflow server, a folder of TensorBoard logs or of W&B runs, a Trackio database, a folder with an Aim repository, or a project with any of these in it, DVC experiments too. Nothing of it is changed. What was imported before is only brought up to date.",
    )
    .option("--experiment <name>", "put the runs into this experiment, instead of those they are in there")
    .addOption(new Option("--kind <kind>", "what SOURCE is, when that cannot be told").choices(KINDS))
    .option("--keep-up-to <size>", "larger artifacts stay where they are, only their hashes are taken", "256MB")
    .option(
      "--artifact-root <folder>",
      "artifacts below this folder may be read too; can be given several times",
      collect,
    )
    .option("--python <program>", "a Python with the package `aim`, which its repositories need (default: python3)")
    .option("--find", "only say what there is at SOURCE, without looking at its runs")
    .addOption(new Option("--progress", "say on standard error how far it is, as lines of JSON").hideHelp())
    .option("--dry-run", "only say what would be done")
    .option("--json", "as a JSON object")
    .action(async (source: string, options) =>
      (await import("./commands/importFrom")).importFromCommand(source, options),
    );

  program
    .command("export-to <url> <runs...>")
    .summary("send runs to an MLflow server")
    .description(
      "Sends runs and their child runs to the MLflow server at URL: params, metrics, tags and artifacts. A run that is there already is brought up to date.",
    )
    .addOption(new Option("--progress", "say on standard error how far it is, as lines of JSON").hideHelp())
    .option("--json", "as a JSON object")
    .action(async (url: string, runs: string[], options) =>
      (await import("./commands/exportTo")).exportToCommand(url, runs, options),
    );
}
