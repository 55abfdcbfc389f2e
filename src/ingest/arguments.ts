/** A run's params from what it was told: the arguments that the tracer saw parsed, else those on the command line. */

import { maskValue } from "../domain/secrets";
import { paramsFromCommand } from "./commandLine";
import type { SpoolRecord } from "./spool";
import type { SpoolEventOf } from "./spoolEvent";
import { isPipelineLauncher, stageParams } from "./stageArguments";

/** Characters of a value that are kept, as many as MLflow keeps. */
const MAX_VALUE = 6_000;

export interface ArgumentsOptions {
  /** The command of the run, as it was given. */
  command: readonly string[];
  /** The script that it runs, if known; of its path only the name counts. */
  script: string | null;
}

export interface ArgumentsReader {
  /** Events of the tracer, all of them from the first on: the reader keeps no checkpoint. */
  hear(records: readonly SpoolRecord[]): void;
  /** Params found since the last call. `final`: the run is over, so what is only second best is given too. */
  take(final?: boolean): { params?: Record<string, string> };
}

/**
 * Several processes of a run may parse arguments: a launcher such as torchrun, the script itself in one or more processes,
 * tools that it starts. The script's and the first rank's count, as soon as they are seen. If there are none by the end of the run: those of the
 * process that came first, and without any, the command line itself. What starts the stages of a pipeline has no params of its own:
 * those of the stages count, at the end, when all of them are known.
 */
export function createArgumentsReader({ command, script }: ArgumentsOptions): ArgumentsReader {
  /** Processes that run the script. */
  const ofScript = new Set<string>();
  const ofStages = isPipelineLauncher(command) ? stageParams() : null;
  let first: string | undefined;
  let firstParams: Record<string, string> | undefined;
  let found: Record<string, string> | undefined;
  let given = false;

  function hearOne(record: SpoolRecord): void {
    if (record.e === "start") {
      if (!record.fork) first ??= record.process;
      if ((script !== null && runsScript(record.argv, script)) || isFirstRank(record)) ofScript.add(record.process);
    } else if (record.e === "args") {
      const params = toParams(record);
      if (ofStages) {
        if (record.process !== first) ofStages.add(record.prog, params);
      } else if (ofScript.has(record.process)) {
        found = { ...found, ...params };
        given = false;
      } else if (record.process === first) firstParams = { ...firstParams, ...params };
    }
  }

  return {
    hear(records) {
      for (const record of records) hearOne(record);
    },
    take(final = false) {
      if (found === undefined && final) found = ofStages?.all() ?? firstParams ?? paramsFromCommand(command);
      if (found === undefined || given) return {};
      given = true;
      return Object.keys(found).length > 0 ? { params: found } : {};
    },
  };
}

/** Parsed values include the defaults of what was not given. */
function toParams({ values }: SpoolEventOf<"args">): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, maskValue(name, value).slice(0, MAX_VALUE)]),
  );
}

/** Whether a launcher started it as the first of several processes that train together. */
function isFirstRank({ rank = {} }: SpoolEventOf<"start">): boolean {
  return rank.RANK === "0" && Number(rank.WORLD_SIZE) > 1;
}

/** Options of python that take the next argument as their value. */
const WITH_VALUE = new Set(["-W", "-X", "--check-hash-based-pycs"]);

/** Whether an interpreter with these arguments runs the script: `python -u train.py`, `python -m pkg.train`. */
function runsScript(argv: readonly string[], script: string): boolean {
  const name = script.slice(script.lastIndexOf("/") + 1);
  for (let at = 1; at < argv.length; at++) {
    const argument = argv[at]!;
    if (argument === "-m") return isModule(argv[at + 1] ?? "", script);
    if (WITH_VALUE.has(argument)) at++;
    else if (!argument.startsWith("-")) return argument.split(/[\\/]/).at(-1) === name;
  }
  return false;
}

/** Whether a module may be the script's: "pkg.train" is of "src/pkg/train.py" or "src/pkg/train/__main__.py". */
function isModule(module: string, script: string): boolean {
  const path = `/${script}`;
  const wanted = `/${module.replaceAll(".", "/")}`;
  return path.endsWith(`${wanted}.py`) || path.endsWith(`${wanted}/__main__.py`);
}
