/** The commands about what deployments were asked and answered, as the command line has them. */
import { type Command, Option } from "commander";

export function addPredictionCommands(program: Command): void {
  const roles = () =>
    new Option("--role <role>", "only those of this role").choices(["champion", "challenger", "shadow"]);

  const predictions = program
    .command("predictions [deployment]")
    .summary("show what a deployment was asked and answered, the newest first")
    .option("--version <number>", "only those of this version of the model")
    .addOption(roles())
    .option("--since <time>", "only later ones: a duration such as 2h30m, or a time such as 2026-01-31T12:00")
    .option("--labelled", "only those with a label")
    .option("--limit <count>", "how many at the most", "20")
    .option("--json", "as a JSON array")
    .action(async (name: string | undefined, options) =>
      (await import("./commands/predictions")).predictionsCommand(name, options),
    );

  predictions
    .command("label <deployment> <prediction> [label]")
    .summary("tell what turned out to be right: a JSON value, or a text")
    .option("--action <text>", "what was done on the prediction")
    .action(async (name: string, id: string, label: string | undefined, options) =>
      (await import("./commands/predictions")).labelCommand(name, id, label, options),
    );

  predictions
    .command("export <deployment> <file>")
    .summary("write predictions into a .csv, .jsonl or .parquet file, the oldest first")
    .option("--version <number>", "only those of this version of the model")
    .addOption(roles())
    .option("--since <time>", "only later ones: a duration such as 2h30m, or a time")
    .option("--labelled", "only those with a label")
    .action(async (name: string, file: string, options) =>
      (await import("./commands/predictions")).exportPredictionsCommand(name, file, options),
    );
}
