/** The commands about jobs, the queue and targets, as the command line has them. */
import type { Command } from "commander";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

export function addJobCommands(program: Command): void {
  const jobs = program
    .command("jobs")
    .summary("list jobs, newest first: what waits, runs and has ended, here and on targets")
    .option("--all", "also those that ended long ago")
    .option("--state <state>", "only queued, starting, waiting, running, collecting or ended ones; several by commas")
    .option("--target <name>", "only those on this target")
    .option("--sweep <id>", "only those of this sweep")
    .option("--limit <count>", "how many at the most", "50")
    .option("-f, --follow", "go on until all have ended, telling of each change")
    .option("--json", "as a JSON array; with --follow a line for each change")
    .action(async (options) => (await import("./commands/jobs")).jobsCommand(options));

  jobs
    .command("cancel <jobs...>")
    .summary("end jobs, in whatever state they are")
    .action(async (references: string[]) => (await import("./commands/jobsCancel")).cancelJobsCommand(references));

  jobs
    .command("retry <jobs...>")
    .summary("put jobs that have ended into the queue once more")
    .action(async (references: string[]) => (await import("./commands/queueAdd")).retryJobsCommand(references));

  jobs
    .command("priority <job> <number>")
    .summary("let a queued job start sooner (higher) or later")
    .action(async (reference: string, priority: string) =>
      (await import("./commands/jobsCancel")).priorityCommand(reference, priority),
    );

  const queue = program.command("queue").summary("run commands one after the other, or several at a time");

  queue
    .command("show", { isDefault: true })
    .summary("show what waits and runs, and the slots that there are")
    .option("--json", "as a JSON object")
    .action(async (options) => (await import("./commands/queueShow")).queueShowCommand(options));

  queue
    .command("add")
    .summary("put a command into the queue")
    .description(
      "Puts COMMAND into the queue, and starts what looks after it. The command starts in this folder, with this environment as far as it says which Python and libraries are used.",
    )
    .usage("[options] -- COMMAND…")
    .argument("<command...>", "the command with its arguments")
    .option("--target <name>", "a target of modeltrail.yaml (default: this machine)", "local")
    .option("--priority <number>", "higher ones start first", "0")
    .option("--gpus <count>", "GPUs that it needs; it sees only those that it is given", "0")
    .option("--limit <name=value>", "time=2h, memory=16GB or cost=5; can be given several times", collect)
    .option("--env <name=value>", "a variable; can be given several times", collect)
    .option("--experiment <name>", "the experiment that the run belongs to (default: after the script)")
    .option("--name <name>", "the run's name (default: a memorable one)")
    .option("--tag <key=value>", "a tag; can be given several times", collect)
    .option("--note <text>", "a note")
    .option("--times <count>", "put it in so many times", "1")
    .option("--json", "the jobs as a JSON array")
    .passThroughOptions()
    .action(async (command: string[], options) =>
      (await import("./commands/queueAdd")).queueAddCommand(command, options),
    );

  queue
    .command("pause [target]")
    .summary("start no more jobs, or none on this target; what runs goes on")
    .action(async (target?: string) => (await import("./commands/queuePause")).pauseCommand(target, true));

  queue
    .command("resume [target]")
    .summary("take that back")
    .action(async (target?: string) => (await import("./commands/queuePause")).pauseCommand(target, false));

  queue
    .command("run", { hidden: true })
    .description("looks after the queue until there is nothing to do")
    .action(async () => (await import("./commands/queueRun")).queueRunCommand());

  const targets = program
    .command("targets")
    .summary("list the places to run that modeltrail.yaml names")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/targets")).targetsCommand(options));

  targets
    .command("check <name>")
    .summary("say what would keep a command from running there")
    .usage("[options] <name> -- COMMAND…")
    .argument("[command...]", "the command that is to run")
    .option("--gpus <count>", "GPUs that it needs", "0")
    .option("--json", "as a JSON array")
    .action(async (name: string, command: string[], options) =>
      (await import("./commands/targetsCheck")).checkTargetCommand(name, command, options),
    );

  targets
    .command("register")
    .summary("tell of a program that runs jobs for targets of a kind of its own: see docs/api.md")
    .usage("<kind> -- PROGRAM…")
    .argument("<kind>", "such as vendor.kind")
    .argument("<program...>", "the program with its first arguments")
    .action(async (kind: string, program: string[]) =>
      (await import("./commands/targetsRegister")).registerCommand(kind, program),
    );

  targets
    .command("unregister <kind>")
    .summary("take that back")
    .action(async (kind: string) => (await import("./commands/targetsRegister")).unregisterCommand(kind));
}
