/**
 * Jobs by any program that can start a command somewhere, say how that stands, and show what it printed. The job is one file
 * and a program that runs it; all that is known of it comes home in what it prints.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import { unpackProgram, writeBundle } from "../bundle/writeBundle";
import type { JobHandle, JobPlan, Problem, Target, TargetStatus } from "../contract";
import { runChild } from "../host/child";
import { HostUnreachable } from "../host/contract";
import { jobFile } from "../jobFolder/jobFile";
import type { TargetContext } from "../registry";
import { collectStream } from "../stream/collectStream";
import type { StreamSource } from "../stream/contract";
import { followStream } from "../stream/followStream";
import { fillIn, type Values } from "./placeholders";
import { readStatus } from "./readStatus";

type Settings = TargetOf<"command">;

const FILE_LIMIT = 16_000_000;
const TOTAL_LIMIT = 256_000_000;
const CHECK_MS = 30_000;
/** As much of what a program says is told. */
const MAX_SAID = 500;

export function makeCommandTarget(name: string, settings: Settings, { root, env }: TargetContext): Target {
  const { slots, costPerHour, python = "python3", fileLimit = FILE_LIMIT } = settings;
  /** Of the programs that we start here. */
  const places = { cwd: root, env: { ...env, ...settings.env } };

  /** What the program printed. Throws UserError when it failed. */
  async function ask(words: readonly string[], values: Values, signal: AbortSignal): Promise<string> {
    const { exitCode, text } = await run(words, values, signal);
    if (exitCode !== 0)
      throw new UserError(`${words[0]} failed for the target ${name}: ${endOf(text) || `exit code ${exitCode}`}`);
    return text;
  }

  async function run(
    words: readonly string[],
    values: Values,
    signal: AbortSignal,
  ): Promise<{ exitCode: number | null; text: string }> {
    const argv = wordsOf(words, values);
    const result = await runChild(argv, { ...places, detached: true, signal });
    if (result.startError)
      throw new UserError(`${argv[0]} could not be started for the target ${name}: ${result.startError}`);
    return { exitCode: result.exitCode, text: `${result.stdout.toString("utf8")}${result.stderr}` };
  }

  function wordsOf(words: readonly string[], values: Values): string[] {
    const [program, ...rest] = fillIn(words, values, name);
    // A program of the project, wherever we are.
    return [/[\\/]/.test(program!) ? path.resolve(root, program!) : program!, ...rest];
  }

  function sourceOf(values: Values): StreamSource {
    async function status(signal: AbortSignal): Promise<TargetStatus> {
      const { exitCode, text } = await run(settings.status, values, signal);
      const read = readStatus(settings.states, text);
      if (read) return read;
      throw new HostUnreachable(endOf(text) || `${settings.status[0]} ended with the exit code ${exitCode}`);
    }
    return {
      name,
      status,
      async *read(_since, signal) {
        const [program, ...rest] = wordsOf(settings.log, values);
        const child = spawn(program!, rest, {
          ...places,
          detached: process.platform !== "win32",
          stdio: ["ignore", "pipe", "pipe"],
        });
        const stop = () => child.kill();
        signal.addEventListener("abort", stop, { once: true });
        try {
          const ended = endOfChild(child);
          yield* child.stdout as AsyncIterable<Uint8Array>;
          const said = await ended;
          // A job that is over, and forgotten, has no log any more.
          if (said !== null && !isOver(await status(signal)))
            throw new HostUnreachable(`${settings.log[0]} ended: ${said}`);
        } finally {
          signal.removeEventListener("abort", stop);
          child.kill();
        }
      },
    };
  }

  return {
    name,
    kind: "command",
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    // By the agent, which is there.
    enforces: ["seconds", "memory"],
    async check(plan, signal) {
      if (!settings.check) return [];
      const patience = AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]);
      try {
        const { exitCode, text } = await run(settings.check, valuesOf(plan, python), patience);
        return exitCode === 0
          ? []
          : [failure(endOf(text) || `${settings.check[0]} ended with the exit code ${exitCode}`)];
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UserError) return [failure(error.message)];
        return [failure(`${settings.check[0]} gave no answer within ${CHECK_MS / 1_000} s.`)];
      }
    },
    async submit(plan, { keep, signal }) {
      const folder = folderOf(plan);
      await mkdir(folder, { recursive: true });
      const job = jobFile(
        { ...plan, env: { ...settings.env, ...plan.env } },
        { stream: { file: fileLimit, total: Math.max(TOTAL_LIMIT, fileLimit) } },
      );
      const file = path.join(folder, "bundle.zip");
      await writeBundle(`${file}.new`, { job, stage: plan.stage, signal });
      await rename(`${file}.new`, file);
      await copyFile(unpackProgram(), path.join(folder, "unpack.py"));
      // Not to be interrupted: nobody would know the id of what was started.
      const said = await ask(settings.submit, valuesOf(plan, python), new AbortController().signal);
      const handle = { ...handleOf(plan, python), job: readId(settings, said, name) };
      keep(handle);
      return handle;
    },
    follow: (plan, handle, options) => followStream(plan, sourceOf(valuesOfHandle(handle)), options),
    collect: (plan) => collectStream(plan, name),
    async cancel(_plan, handle, signal) {
      const values = valuesOfHandle(handle);
      if (isOver(await sourceOf(values).status(signal))) return;
      await ask(settings.cancel, values, signal);
      while (!isOver(await sourceOf(values).status(signal))) await pause(signal);
    },
    async clean(_plan, handle, signal) {
      if (settings.clean) await ask(settings.clean, valuesOfHandle(handle), signal);
    },
  };
}

const POLL_MS = 500;
const pause = (signal: AbortSignal) => wait(POLL_MS, undefined, { signal });

/** Why the program failed; null when it did not. */
function endOfChild(child: ChildProcess): Promise<string | null> {
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-MAX_SAID);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : said.trim() || `exit code ${code}`));
  });
}

const isOver = ({ state }: TargetStatus) => state === "ended" || state === "gone";

/** Beside the stage, and gone with it. */
const folderOf = ({ stage }: Pick<JobPlan, "stage">) => path.join(path.dirname(stage), "bundle");

/** What the templates can name before there is a job; the handle keeps it for those after. */
function handleOf(plan: JobPlan, python: string): Record<string, unknown> {
  const { id, run, name, gpus, limits } = plan;
  const folder = folderOf(plan);
  return {
    id,
    run,
    name,
    folder,
    command: [python, path.join(folder, "unpack.py")],
    "command-there": [python, "unpack.py"],
    gpus: String(gpus),
    seconds: String(limits.seconds === undefined ? "" : Math.ceil(limits.seconds)),
    memory: String(limits.memory ?? ""),
  };
}

const valuesOf = (plan: JobPlan, python: string) => handleOf(plan, python) as Values;
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
