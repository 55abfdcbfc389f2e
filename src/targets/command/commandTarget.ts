/** Jobs by any program that can start a command somewhere, as words with placeholders. No shell has a part in it. */
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import type { JobHandle, Problem, Target } from "../contract";
import { childOutput } from "../driven/childOutput";
import type { DrivenJob, JobDriver } from "../driven/contract";
import { makeDrivenTarget } from "../driven/drivenTarget";
import { runChild } from "../host/child";
import { HostUnreachable } from "../host/contract";
import type { TargetContext } from "../registry";
import { fillIn, type Values } from "./placeholders";
import { readStatus } from "./readStatus";

type Settings = TargetOf<"command">;

const CHECK_MS = 30_000;
/** As much of what a program says is told. */
const MAX_SAID = 500;

export function makeCommandTarget(name: string, settings: Settings, context: TargetContext): Target {
  return makeDrivenTarget(name, settings, commandDriver(name, settings, context));
}

function commandDriver(name: string, settings: Settings, { root, env }: TargetContext): JobDriver {
  /** Of the programs that we start here. */
  const places = { cwd: root, env: { ...env, ...settings.env } };

  function wordsOf(words: readonly string[], values: Values): string[] {
    const [program, ...rest] = fillIn(words, values, name);
    // A program of the project, wherever we are.
    return [/[\\/]/.test(program!) ? path.resolve(root, program!) : program!, ...rest];
  }

  async function run(
    words: readonly string[],
    values: Values,
    signal: AbortSignal,
  ): Promise<{ failed: boolean; said: string; text: string }> {
    const argv = wordsOf(words, values);
    const { exitCode, stdout, stderr, startError } = await runChild(argv, { ...places, detached: true, signal });
    if (startError) throw new UserError(`${argv[0]} could not be started for the target ${name}: ${startError}`);
    const text = `${stdout.toString("utf8")}${stderr}`;
    return { failed: exitCode !== 0, text, said: endOf(text) || `${words[0]} ended with the exit code ${exitCode}` };
  }

  /** What the program printed. Throws UserError when it failed. */
  async function ask(words: readonly string[], values: Values, signal: AbortSignal): Promise<string> {
    const { failed, said, text } = await run(words, values, signal);
    if (failed) throw new UserError(`${words[0]} failed for the target ${name}: ${said}`);
    return text;
  }

  return {
    kind: "command",
    async check(job, signal) {
      if (!settings.check) return [];
      const patience = AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]);
      try {
        const { failed, said } = await run(settings.check, valuesOf(job), patience);
        return failed ? [failure(said)] : [];
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UserError) return [failure(error.message)];
        return [failure(`${settings.check[0]} gave no answer within ${CHECK_MS / 1_000} s.`)];
      }
    },
    async submit(job) {
      const values = valuesOf(job);
      const said = await ask(settings.submit, values, new AbortController().signal);
      return { ...values, job: readId(settings, said, name) };
    },
    async status(handle, signal) {
      const { text, said } = await run(settings.status, valuesOfHandle(handle), signal);
      const status = readStatus(settings.states, text);
      if (status) return status;
      throw new HostUnreachable(said);
    },
    log: (handle, signal) => childOutput(wordsOf(settings.log, valuesOfHandle(handle)), places, { signal }),
    async cancel(handle, signal) {
      await ask(settings.cancel, valuesOfHandle(handle), signal);
    },
    async clean(handle, signal) {
      if (settings.clean) await ask(settings.clean, valuesOfHandle(handle), signal);
    },
  };
}

/** What the templates can name before there is a job; the handle keeps it for those after. */
function valuesOf({ commandThere, gpus, seconds, memory, ...job }: DrivenJob): Values {
  const text = (number: number | null) => (number === null ? "" : String(number));
  return { ...job, "command-there": commandThere, gpus: text(gpus), seconds: text(seconds), memory: text(memory) };
}

const valuesOfHandle = (handle: JobHandle) => handle as Values;

function readId({ id }: Settings, said: string, target: string): string {
  const found = id === undefined ? said.trim().split(/\s+/).at(-1) : new RegExp(id, "m").exec(said)?.[1];
  if (found) return found;
  throw new UserError(
    `What was started for the target ${target} did not say its id: ${endOf(said) || "it said nothing"}`,
  );
}

const endOf = (text: string) => text.trim().slice(-MAX_SAID);

const failure = (message: string): Problem => ({ severity: "error", message });
