/**
 * Aim's repositories, `.aim/`: RocksDB files that only Aim's own package reads, in a Python that has it. It works on a copy,
 * because it writes where it reads, and what it says is kept in a file of ours until the runs are taken in.
 */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { constants, cp, open } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { emptyRun, type ForeignRun, type FoundRun, type ImportContext, type Importer } from "./contract";
import { PointGatherer } from "./points";
import { flatten, paramText, parsePythonJson } from "./pythonJson";
import { importedId } from "./runId";

const Numbers = z.array(z.custom<number>((value) => typeof value === "number"));
const RunLine = z.object({
  run: z.object({
    hash: z.string(),
    name: z.nullable(z.string()),
    experiment: z.nullable(z.string()),
    description: z.nullable(z.string()),
    tags: z.array(z.string()),
    created: z.nullable(z.number()),
    ended: z.nullable(z.number()),
    active: z.boolean(),
    params: z.record(z.string(), z.unknown()),
  }),
});
type AimRun = z.infer<typeof RunLine>["run"];
const PointsLine = z.object({
  points: z.object({
    name: z.string(),
    context: z.record(z.string(), z.unknown()),
    steps: Numbers,
    values: Numbers,
    times: Numbers,
  }),
});

export const aim: Importer = {
  kind: "aim",
  title: "Aim repository",
  async find({ location }, context) {
    const output = await readRepository(location, context);
    const found: FoundRun[] = [];
    let run: { head: AimRun; from: number } | undefined;
    for await (const { text, offset } of linesOf(output)) {
      if (text.startsWith('{"run"')) run = { head: RunLine.parse(parsePythonJson(text)).run, from: offset };
      if (!text.startsWith('{"end"') || !run) continue;
      const { head, from } = run;
      found.push({
        id: importedId("aim", head.hash),
        originalId: head.hash,
        name: head.name || head.hash,
        experiment: head.experiment || "default",
        state: null,
        read: () => readRun(output, head, from, offset),
      });
    }
    return found;
  },
};

/** Lets Aim's package say what is in the repository. Gives the file with its words. */
async function readRepository(location: string, context: ImportContext): Promise<string> {
  const { python, temporary, signal } = context;
  const advice = "Name a Python in which `pip install aim` was done with --python";
  if (!python) throw new UserError(`Aim's repositories can only be read with Aim's own package. ${advice}.`);
  const copy = path.join(temporary, "aim");
  await cp(path.join(location, ".aim"), path.join(copy, ".aim"), { recursive: true, mode: constants.COPYFILE_FICLONE });
  const output = path.join(temporary, "aim.jsonl");
  const child = spawn(python.program, ["-B", path.join(python.folder, "aim_runs.py"), copy], {
    cwd: copy,
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    signal,
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-10_000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [code] = await Promise.all([
    ended.catch((error: Error) => {
      if (signal?.aborted) throw signal.reason;
      throw new UserError(`${python.program} could not be started (${error.message}). ${advice}.`, { cause: error });
    }),
    pipeline(child.stdout, createWriteStream(output)).catch(() => {}),
  ]);
  if (code === 0) return output;
  if (/No module named '?aim'?/.test(errors)) {
    throw new UserError(
      `Aim's repositories can only be read with Aim's own package, which ${python.program} has not. ${advice}.`,
    );
  }
  const why = errors.trim().split("\n").at(-1) || `exit code ${code}`;
  throw new UserError(`Aim's package could not read ${location}: ${why}`);
}

/** The file's lines with the bytes at which they begin; none is held longer than it is looked at. */
async function* linesOf(
  file: string,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<{ text: string; offset: number }> {
  const handle = await open(file);
  try {
    let offset = from;
    for await (const text of handle.readLines({ start: from })) {
      if (offset >= to) return;
      yield { text, offset };
      offset += Buffer.byteLength(text) + 1;
    }
  } finally {
    await handle.close();
  }
}

async function readRun(file: string, head: AimRun, from: number, to: number): Promise<ForeignRun> {
  const points = new PointGatherer();
  for await (const { text } of linesOf(file, from, to)) {
    if (!text.startsWith('{"points"')) continue;
    const { name, context, steps, values, times } = PointsLine.parse(parsePythonJson(text)).points;
    const key = metricName(name, context);
    for (const [i, step] of steps.entries()) points.add(key, step, times[i]!, values[i]!);
  }
  const params = [...flatten(head.params, ".")].filter(([key]) => !key.startsWith("__system_params"));
  return {
    ...emptyRun(head.created ?? points.firstTime() ?? 0),
    status: head.active && head.ended === null ? "running" : "finished",
    endTime: head.ended ?? points.lastTime(),
    params: Object.fromEntries(params.map(([key, value]) => [key, paramText(value)])),
    tags: Object.fromEntries(head.tags.map((tag) => [tag, ""])),
    note: head.description ?? "",
    series: points.series("aim"),
  };
}

/** A metric's context tells it from others of its name: {"subset": "train"} makes "train/loss". Aim's own are the machine's. */
function metricName(name: string, context: Record<string, unknown>): string {
  if (name.startsWith("__system__")) return `system/${name.slice("__system__".length)}${suffix(context)}`;
  const { subset, ...rest } = context;
  return `${typeof subset === "string" ? `${subset}/` : ""}${name}${suffix(rest)}`;
}

const suffix = (context: Record<string, unknown>) =>
  Object.entries(context)
    .map(([key, value]) => `/${key}=${paramText(value)}`)
    .join("");
