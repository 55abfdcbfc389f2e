/** Optuna, in a process of its own: python/sweep/optuna_bridge.py, under a Python that has it. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as z from "zod/mini";
import { UserError } from "../domain/errors";
import { type SweepSpec, SweepValue, type TrialParams, type TrialState } from "../domain/sweep";
import { pythonFolder } from "../recorder/process/pythonFolder";
import { isWhole } from "./space";

export interface OptunaOptions {
  /** The Python to ask: a path, or a program's name. */
  python: string;
  env: NodeJS.ProcessEnv;
  /** Where Optuna keeps the study; it is made when it is not there. */
  storage: string;
  /** The study's name. */
  name: string;
  spec: SweepSpec;
  direction: "minimize" | "maximize";
}

/** A point of the metric while a trial goes on. */
export type StepValue = readonly [step: number, value: number];

export interface Optuna {
  /** Optuna's own number of the trial, and what it suggests. */
  ask(): Promise<{ number: number; params: TrialParams }>;
  /** Tells how a trial is doing; true when it is to be pruned. Steps that it knows are passed over. */
  report(number: number, points: readonly StepValue[]): Promise<boolean>;
  /** How a trial ended; to tell it again does no harm. */
  tell(number: number, state: Exclude<TrialState, "waiting" | "running">, value: number | null): Promise<void>;
  /** All that the study knows, by number. States in Optuna's words: RUNNING, COMPLETE, PRUNED, FAIL, WAITING. */
  trials(): Promise<{ number: number; state: string; params: TrialParams }[]>;
  close(): Promise<void>;
}

const Params = z.record(z.string(), SweepValue);
const Asked = z.object({ number: z.int(), params: Params });
const Reported = z.object({ prune: z.boolean() });
const Trials = z.object({ trials: z.array(z.object({ number: z.int(), state: z.string(), params: Params })) });

/** Throws UserError when that Python has no Optuna, or the study cannot be opened. */
export async function openOptuna({ python, env, storage, name, spec, direction }: OptunaOptions): Promise<Optuna> {
  const bridge = startBridge(python, env, storage);
  const { sampler = "tpe", pruner = null } = spec.optuna ?? {};
  const params = Object.fromEntries(
    Object.entries(spec.params).map(([key, param]) => [
      key,
      Array.isArray(param) ? param : { ...param, whole: isWhole(param) },
    ]),
  );
  try {
    await bridge.ask({ do: "open", name, direction, seed: spec.seed, sampler, pruner, params });
  } catch (error) {
    await bridge.close();
    throw error;
  }
  return {
    ask: async () => Asked.parse(await bridge.ask({ do: "ask" })),
    async report(number, points) {
      return Reported.parse(await bridge.ask({ do: "report", number, points })).prune;
    },
    async tell(number, state, value) {
      await bridge.ask({ do: "tell", number, state, value });
    },
    trials: async () => Trials.parse(await bridge.ask({ do: "trials" })).trials,
    close: bridge.close,
  };
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Requests are answered in their order. */
function startBridge(python: string, env: NodeJS.ProcessEnv, storage: string) {
  // Without byte code: our folder may be one that is not to be written.
  const child = spawn(python, ["-B", "-u", `${pythonFolder("sweep")}/optuna_bridge.py`, storage], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const waiting: Waiting[] = [];
  let complaint = "";
  let over: Error | undefined;
  const end = (error: Error) => {
    over ??= error;
    for (const { reject } of waiting.splice(0)) reject(over);
  };
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk).slice(-2_000)));
  child.on("error", (error) =>
    end(new UserError(`Optuna could not be asked: ${python} cannot be started (${error.message}).`)),
  );
  // It is gone: told by "close".
  child.stdin.on("error", () => {});
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      end(new UserError(`Optuna ended unasked. ${complaint.trim()}`));
      resolve();
    }),
  );
  createInterface(child.stdout).on("line", (line) => {
    const { resolve, reject } = waiting.shift() ?? {};
    const answer = JSON.parse(line) as { error?: string };
    if (answer.error === undefined) resolve?.(answer);
    else reject?.(explain(answer.error, python));
  });
  return {
    ask(request: object): Promise<unknown> {
      if (over) return Promise.reject(over);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(request)}\n`);
      });
    },
    close(): Promise<void> {
      child.stdin.end();
      return closed;
    },
  };
}

function explain(error: string, python: string): UserError {
  if (!error.startsWith("optuna-missing")) return new UserError(`Optuna: ${error}`);
  return new UserError(
    `${python} has no Optuna. Install it there (${python} -m pip install optuna), name another Python with --python, or take the method \`random\`.`,
  );
}
