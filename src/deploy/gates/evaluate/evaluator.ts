/** Asks a bundle's model in a process of its own: python/evaluate/ask_model.py, under the Python that serves it. */

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod/mini";
import { UserError } from "../../../domain/errors";
import { formatDuration } from "../../../domain/format";
import { pythonFolder } from "../../../recorder/process/pythonFolder";
import type { ReadyBundle } from "../../contract";
import { type ServingPython, serveEnvironment } from "../../environment/servingPython";
import { endTree, lastLines } from "../runProgram";
import { LONGEST_ANSWER, LONGEST_LOAD } from "../timeouts";
import type { Evaluator, Predicted, TableColumns } from "./contract";

const Scalar = z.nullable(z.union([z.number(), z.string(), z.boolean()]));
const Ready = z.object({ ready: z.literal(true) });
const Answered = z.object({
  predictions: z.array(z.union([Scalar, z.array(z.nullable(z.number()))])),
  scores: z.nullable(z.array(z.array(z.nullable(z.number())))),
  classes: z.nullable(z.array(z.union([z.string(), z.number(), z.boolean()]))),
});
const Timed = z.object({ ms: z.array(z.number()) });

/** Rows that are asked about at once. */
const CHUNK = 2_000;

/** Throws UserError, with what Python said, when the model cannot be read. */
export async function openEvaluator(
  bundle: ReadyBundle,
  python: ServingPython,
  signal: AbortSignal,
): Promise<Evaluator> {
  const name = `version ${bundle.manifest.version} of ${bundle.manifest.model}`;
  const asked = startAsking(bundle.folder, python, name, signal);
  try {
    Ready.parse(await asked.next(LONGEST_LOAD, "to be read"));
  } catch (error) {
    await asked.close();
    throw error;
  }
  return {
    async predict(columns) {
      const parts: Predicted[] = [];
      for (const chunk of chunksOf(columns)) {
        const answer = await asked.ask({ do: "predict", columns: chunk, scores: true });
        parts.push(understand(answer, rowsOf(chunk), name));
      }
      return joined(parts);
    },
    time: async (question, { warmUp, times }) =>
      Timed.parse(await asked.ask({ do: "time", ...question, warmUp, times })).ms,
    close: asked.close,
  };
}

function understand(answer: unknown, rows: number, name: string): Predicted {
  const { success, data } = Answered.safeParse(answer);
  if (!success) {
    throw new UserError(`What ${name} answers is no list of values, or of lists of numbers, one for each row.`);
  }
  const { predictions, scores, classes } = data;
  if (predictions.length !== rows) {
    throw new UserError(`The model, ${name}, gave ${predictions.length} answers to ${rows} rows.`);
  }
  const fits = scores?.length === rows && scores.every((row) => row.length === classes?.length);
  return fits ? { predictions, scores, classes } : { predictions, scores: null, classes: null };
}

const rowsOf = (columns: TableColumns) => Object.values(columns)[0]?.length ?? 0;

function* chunksOf(columns: TableColumns): Generator<TableColumns> {
  const rows = rowsOf(columns);
  for (let from = 0; from < rows; from += CHUNK) {
    yield Object.fromEntries(Object.entries(columns).map(([key, values]) => [key, values.slice(from, from + CHUNK)]));
  }
}

function joined(parts: readonly Predicted[]): Predicted {
  const hasScores = parts.every(({ scores }) => scores !== null);
  return {
    predictions: parts.flatMap(({ predictions }) => predictions),
    scores: hasScores ? parts.flatMap(({ scores }) => scores!) : null,
    classes: hasScores ? (parts[0]?.classes ?? null) : null,
  };
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Answers come in the order of the questions; the first one is about the bundle itself. */
function startAsking(folder: string, serving: ServingPython, name: string, signal: AbortSignal) {
  const { python } = serving;
  const program = path.join(pythonFolder("evaluate"), "ask_model.py");
  // Without byte code: neither our folder nor the bundle is to be written to.
  const child = spawn(python, ["-B", "-u", program, folder], {
    env: serveEnvironment(serving, folder, process.env),
    cwd: folder,
    detached: process.platform !== "win32",
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const waiting: Waiting[] = [];
  const early: unknown[] = [];
  let complaint = "";
  let over: Error | undefined;
  const end = (error: Error) => {
    over ??= error;
    for (const { reject } of waiting.splice(0)) reject(over);
  };
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString("utf8")).slice(-4_000)));
  child.on("error", (error) => end(new UserError(`${python} cannot be started (${error.message}).`)));
  // It is gone: told by "close".
  child.stdin.on("error", () => {});
  const closed = new Promise<void>((resolve) => {
    child.once("error", () => child.pid === undefined && resolve());
    child.once("close", (code, by) => {
      end(new UserError(`The process that asks ${name} ended with ${code ?? by}. ${lastLines(complaint)}`.trim()));
      resolve();
    });
  });
  const kill = () => {
    end(signal.aborted ? (signal.reason as Error) : new UserError(`The process that asks ${name} was ended.`));
    void endTree(child, closed);
  };
  signal.addEventListener("abort", kill, { once: true });
  createInterface(child.stdout).on("line", (line) => {
    const answer = parse(line);
    const first = waiting.shift();
    if (!first) early.push(answer);
    else settle(first, answer);
  });
  const settle = ({ resolve, reject }: Waiting, answer: unknown) => {
    const { error } = answer as { error?: unknown };
    if (error === undefined) resolve(answer);
    else reject(new UserError(`The model, ${name}, says: ${error}`));
  };

  /** The next answer; ends the process when it takes longer. */
  async function next(timeout: number, what: string): Promise<unknown> {
    if (over) throw over;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const one = { resolve, reject };
        if (early.length > 0) return settle(one, early.shift());
        waiting.push(one);
        timer = setTimeout(() => {
          end(new UserError(`The model, ${name}, took longer than ${formatDuration(timeout)} ${what}.`));
          void endTree(child, closed);
        }, timeout);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    next,
    ask(question: object): Promise<unknown> {
      if (!over) child.stdin.write(`${JSON.stringify(question)}\n`);
      return next(LONGEST_ANSWER, "to answer");
    },
    async close(): Promise<void> {
      signal.removeEventListener("abort", kill);
      child.stdin.end();
      // A model may have started threads that never end.
      if (child.exitCode === null) await endTree(child, closed);
      await closed;
    },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return { error: "something that is no JSON" };
  }
}
