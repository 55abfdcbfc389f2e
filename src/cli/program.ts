/** The commands of `modeltrail`. What each needs is loaded when it is asked for, so that `run` starts quickly. */
import { Command, CommanderError, Option } from "commander";
import { version } from "../../package.json";
import { addBundleCommands } from "./bundleCommands";
import { addDataCommands } from "./dataCommands";
import { addDeployCommands } from "./deployCommands";
import { addGateCommands } from "./gateCommands";
import { addGatewayCommands } from "./gatewayCommands";
import { addJobCommands } from "./jobCommands";
import { addLaunchCommands } from "./launchCommands";
import { addModelCommands } from "./modelCommands";
import { addPredictionCommands } from "./predictionCommands";
import { report } from "./report";
import { addRulesCommands } from "./rulesCommands";
import { addServerCommands } from "./serverCommands";
import { addShareCommands } from "./shareCommands";
import { addSpaceCommands } from "./spaceCommands";
import { addSweepCommands } from "./sweepCommands";
import { addTrackerCommands } from "./trackerCommands";

const USAGE_ERROR = 2;
const collect = (value: string, earlier: string[] = []) => [...earlier, value];

function buildProgram(): Command {
  const program = new Command("modeltrail")
    .description("Press Run; later, get back anything: records runs with their code, data, config and environment.")
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError("(`modeltrail --help` lists the commands, `modeltrail COMMAND --help` explains one)")
    .exitOverride()
    .configureOutput({ writeOut: writeHelp })
    .addHelpText("after", "\nRUN is an id, the beginning of one, a name, or `latest`.");

  program
    .command("run")
    .summary("run a command and record it")
    .description(
      "Runs COMMAND and records it; a notebook (.ipynb) is run from top to bottom. The command sees the same terminal, input and signals as without, and ends with its own exit code.",
    )
    .usage("[options] -- COMMAND…")
    .argument("<command...>", "the command with its arguments")
    .option("--experiment <name>", "the experiment that the run belongs to (default: after the script)")
    .option("--name <name>", "the run's name (default: a memorable one)")
    .option("--tag <key=value>", "a tag; can be given several times", collect)
    .option("--note <text>", "a note")
    .option("--target <name>", "run it on this target of modeltrail.yaml: see docs/targets.md")
    .option("--detach", "on a target: print the job's id and do not wait for its end")
    .option("--keep-on-hangup", "go on when the terminal is closed")
    .option("-p, --param <name=value>", "of a notebook: a parameter; can be given several times", collect)
    .option("--python <file>", "of a notebook: the Python that it runs on")
    .option("--source <name>", "who asked for the run, as other programs tell", "cli")
    .addOption(new Option("--code-of <run>", "the code was restored from this run").hideHelp())
    .addOption(new Option("--code-root <folder>", "and this folder stands for its root").hideHelp())
    .passThroughOptions()
    .action(async (command: string[], options) => (await import("./commands/run")).runCommand(options, command));

  program
    .command("ls")
    .summary("list runs, newest first")
    .option("--experiment <name>", "only runs of this experiment")
    .option("--status <status>", "only running, finished, failed, killed or lost ones; several by commas", collect)
    .option("--tag <key=value>", "only runs with this tag; can be given several times", collect)
    .option("--text <text>", "only runs with this text in name, note, tags, experiment or script")
    .option("--script <path>", "only runs of this script, as a path from the project's folder")
    .option("--pinned", "only pinned runs")
    .option("--scratch", "only scratch runs: those that came to nothing, and repeats")
    .option("--no-scratch", "only other runs than these")
    .option("--sort <key[:desc]>", "startTime, endTime, name, status, duration, metric:NAME or param:NAME")
    .option("--limit <count>", "how many at the most", "100")
    .option("--deleted", "the deleted runs that can be restored")
    .option("--json", "as a JSON array")
    .action(async (options) => (await import("./commands/ls")).listCommand(options));

  program
    .command("show <run>")
    .summary("show all of one run")
    .option("--json", "as a JSON object")
    .action(async (run: string, options) => (await import("./commands/show")).showCommand(run, options));

  program
    .command("cells <run> [ordinal]")
    .summary("list what ran in a notebook, in its order, or print the text of one execution")
    .option("--json", "as a JSON array, or object")
    .action(async (run: string, ordinal: string | undefined, options) =>
      (await import("./commands/cells")).cellsCommand(run, ordinal, options),
    );

  program
    .command("diff <runs...>")
    .summary("show how runs differ, or a run and the files as they are now")
    .description(
      "Shows what differs between runs: params, metrics, code, config, environment, data. The word `workspace` stands for the files and the environment as they are now; a single run is compared with it.",
    )
    .option("--all", "also what is the same, and all of each list")
    .option("--environment", "the environment package by package")
    .option("--code", "the lines of code that differ, as a unified diff")
    .option("--json", "as a JSON object")
    .action(async (runs: string[], options) => (await import("./commands/diff")).diffCommand(runs, options));

  program
    .command("log <run>")
    .summary("print what a run printed")
    .option("-f, --follow", "go on until the run ends")
    .option("--raw", "the very bytes, also where no terminal interprets them")
    .option("--json", "as a JSON object: the text as a terminal would show it, its end when it is very long")
    .action(async (run: string, options) => (await import("./commands/log")).logCommand(run, options));

  program
    .command("stop <run>")
    .summary("stop a run: interrupt, then terminate, then kill")
    .action(async (run: string) => (await import("./commands/stop")).stopCommand(run));

  program
    .command("rename <run> <name>")
    .summary("give a run another name")
    .action(async (run: string, name: string) => (await import("./commands/edit")).renameCommand(run, name));

  program
    .command("tag <run> <tags...>")
    .summary("set tags as key=value; key= removes one")
    .action(async (run: string, tags: string[]) => (await import("./commands/edit")).tagCommand(run, tags));

  program
    .command("note <run> <text>")
    .summary("note something about a run; an empty text removes it")
    .action(async (run: string, text: string) => (await import("./commands/edit")).noteCommand(run, text));

  program
    .command("rm <runs...>")
    .summary("delete runs; restore-run gets them back")
    .action(async (runs: string[]) => (await import("./commands/edit")).removeCommand(runs));

  program
    .command("restore-run <runs...>")
    .summary("get deleted runs back")
    .action(async (runs: string[]) => (await import("./commands/edit")).restoreCommand(runs));

  program
    .command("restore <run>")
    .summary("bring a run's files back, into a folder of their own")
    .description(
      "Writes the code, data and config of a run into a new folder, byte for byte as the run had them, and says what is missing and why. Nothing is overwritten.",
    )
    .option(
      "--to <folder>",
      "a new or empty folder (default: beside the project, named after the run); with --file, a file",
    )
    .option("--worktree <folder>", "into a new git work tree instead; `git worktree remove` removes it")
    .option("--file <path>", "only this file, back to its place")
    .option("--written", "with --file: as the run left it, not as the run found it")
    .option("--force", "with --file: replace another file that is there; an undo copy is kept")
    .option("--code-only", "leave out data and config")
    .option("--artifacts", "also what the run wrote")
    .option("--verify", "hash every file again, also those whose kept bytes nobody has touched")
    .option("--json", "as a JSON object")
    .action(async (run: string, options) => (await import("./commands/restore")).restoreCommand(run, options));

  addRulesCommands(program);
  addDataCommands(program);
  addShareCommands(program);
  addTrackerCommands(program);

  program
    .command("reproduce <run>")
    .summary("run a run again in a fresh folder and say whether the same comes of it")
    .option("--environment", "in an environment made from the recorded packages, by uv or pip")
    .option("--to <folder>", "run in this empty folder (default: one of ours, removed when the result is the same)")
    .option("--keep", "keep the folder when the result is the same")
    .option("--overwrite", "also a run that wrote outside the project, and writes there again")
    .option("--tolerance <number>", "allowed relative difference of numbers (default: 1e-6)")
    .option("--json", "as a JSON object; what the run prints goes to standard error")
    .action(async (run: string, options) => (await import("./commands/reproduce")).reproduceCommand(run, options));

  addJobCommands(program);
  addLaunchCommands(program);
  addSweepCommands(program);
  addModelCommands(program);
  addGateCommands(program);
  addDeployCommands(program);
  addBundleCommands(program);
  addSpaceCommands(program);
  addServerCommands(program);
  addGatewayCommands(program);
  addPredictionCommands(program);

  program
    .command("doctor")
    .summary("check what works here and what does not")
    .option("--repair", "put right what is damaged or missing in what is recorded")
    .option("--json", "as a JSON array; with --repair an object")
    .action(async (options) => (await import("./commands/doctor")).doctorCommand(options));

  program
    .command("finish-run <id>", { hidden: true })
    .description("reads the rest of a run whose recorder has left it to this process")
    .action(async (id: string) => (await import("./commands/finishRun")).finishRunCommand(id));

  program
    .command("adopt <id>", { hidden: true })
    .description("records a run that was started in a terminal, by a task or by a debugger")
    .option("--source <name>", "who started it")
    .action(async (id: string, options) => (await import("./commands/adopt")).adoptCommand(id, options));

  program
    .command("kernel <notebook>", { hidden: true })
    .description("runs a notebook's cells on a kernel for an editor, and records them")
    .requiredOption("--python <file>", "the Python whose kernel it is")
    .option("--cwd <folder>", "the kernel's working folder")
    .action(async (notebook: string, options) => (await import("./commands/kernel")).kernelCommand(notebook, options));

  program
    .command("stand-in", { hidden: true })
    .description("waits beside a recorder and takes its place when that is killed")
    .action(async () => (await import("./commands/standIn")).standInCommand());

  program
    .command("record-notebook", { hidden: true })
    .description("records what an editor tells of a notebook, in lines of JSON on standard input")
    .action(async () => (await import("./commands/recordNotebook")).recordNotebookCommand());

  // Not for `run`: touching our standard streams would change them for the command, which shares them.
  program.hook("preAction", (_program, action) => {
    if (action.name() !== "run") endWhenOutputCloses();
  });

  return program;
}

/** `modeltrail ls | head`: who reads no further is no fault. */
function endWhenOutputCloses(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

function writeHelp(text: string): void {
  endWhenOutputCloses();
  process.stdout.write(text);
}

/** Does what the command line says. Resolves to the exit code, undefined when all went well. */
export async function runProgram(): Promise<number | undefined> {
  try {
    await buildProgram().parseAsync();
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error);
    // Commander has said it already; asking for help or the version ends with 0.
    return error.exitCode === 0 ? 0 : USAGE_ERROR;
  }
}
