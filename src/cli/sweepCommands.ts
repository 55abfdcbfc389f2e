/** The commands about sweeps, as the command line has them. */
import { type Command, Option } from "commander";
import { OPTUNA_PRUNERS, OPTUNA_SAMPLERS } from "../domain/sweep";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

export function addSweepCommands(program: Command): void {
  const sweep = program.command("sweep").summary("run a command many times with other values, looking for the best");

  sweep
    .command("run [name] [command...]")
    .summary("begin a sweep")
    .description(
      "Begins the sweep NAME of modeltrail.yaml, or one of the command behind two dashes. {param} in the command becomes the param's value; params without such a place are put behind it as --param value. Ctrl-C stops it, and `sweep resume` goes on.",
    )
    .usage("[name] [options] [-- COMMAND…]")
    .option(
      "-p, --param <values>",
      "values of a param: lr=0.1,0.01, n=1..8, n=16..64:16 or lr=1e-5..0.1:log; several times",
      collect,
    )
    .addOption(new Option("--method <method>", "how values are found").choices(["grid", "random", "optuna"]))
    .option("--metric <name>", "what is to get better")
    .addOption(
      new Option("--direction <direction>", "which way (default: by the metric's name)").choices([
        "minimize",
        "maximize",
      ]),
    )
    .addOption(new Option("--take <value>", "which value of a run counts").choices(["last", "best"]))
    .option("--trials <count>", "trials at the most")
    .option("--parallel <count>", "trials at the same time")
    .option("--seed <number>", "seed of what is drawn")
    .option("--gpus <count>", "GPUs of each trial")
    .option("--target <name>", "where trials run")
    .option("--experiment <name>", "the experiment that the runs belong to")
    .option("--stop-at <value>", "end when the metric is as good as this")
    .option("--stop-without <count>", "end after so many trials that brought nothing better")
    .option("--stop-after <duration>", "end after this time, such as 2h30m")
    .addOption(new Option("--sampler <name>", "of Optuna").choices(OPTUNA_SAMPLERS))
    .addOption(new Option("--pruner <name>", "of Optuna: ends trials that others are ahead of").choices(OPTUNA_PRUNERS))
    .option("--python <file>", "the Python that has Optuna (default: the command's own)")
    .option("--name <name>", "the sweep's name")
    .option("--detach", "go on in the background")
    .action(async (name: string | undefined, command: string[], options) =>
      (await import("./commands/sweepRun")).runSweepCommand(name, command, options),
    );

  sweep
    .command("ls")
    .summary("list sweeps, newest first")
    .option("--limit <count>", "how many at the most", "20")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/sweepShow")).listSweepsCommand(options));

  sweep
    .command("show <sweep>")
    .summary("show how a sweep stands, and its best trials")
    .option("--limit <count>", "how many trials at the most", "10")
    .option("--json", "as a JSON object, with all trials")
    .action(async (name: string, options) => (await import("./commands/sweepShow")).showSweepCommand(name, options));

  sweep
    .command("stop <sweep>")
    .summary("stop a sweep: its running trials are cancelled")
    .action(async (name: string) => (await import("./commands/sweepRun")).stopSweepCommand(name));

  sweep
    .command("resume <sweep>")
    .summary("go on with a sweep that was stopped, or whose process is gone; no finished trial is repeated")
    .option("--trials <count>", "trials at the most, in place of what it was begun with")
    .option("--python <file>", "the Python that has Optuna")
    .option("--detach", "go on in the background")
    .action(async (name: string, options) => (await import("./commands/sweepRun")).resumeSweepCommand(name, options));
}
