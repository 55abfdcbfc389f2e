/**
 * What DVC tracks, from its own files; DVC itself is not needed. A `.dvc` file names outputs that were added by hand, a
 * `dvc.lock` those of a pipeline's stages. https://dvc.org/doc/user-guide/project-structure
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";

export interface DvcOutput {
  /** Absolute. */
  path: string;
  /** The .dvc or dvc.lock file: absolute. */
  source: string;
  /** DVC's own name of the content: the MD5 of a file, or of a folder's listing, then with ".dir" at its end. */
  md5: string | null;
  isFolder: boolean;
  /** Bytes and number of files of that content, where DVC says them. */
  size: number | null;
  files: number | null;
}

const Output = z.object({
  path: z.string().check(z.minLength(1)),
  md5: z.optional(z.string()),
  size: z.optional(z.number()),
  nfiles: z.optional(z.number()),
});
const Outputs = z.optional(z.nullable(z.array(z.unknown())));
const DvcFile = z.object({ wdir: z.optional(z.string()), outs: Outputs });
const Stages = z.record(z.string(), z.object({ outs: Outputs }));
const LockFile = z.object({ stages: Stages });
/** What a stage of dvc.yaml tells besides: where its paths begin, and which outputs are no data. */
const PipelineStage = z.object({
  wdir: z.optional(z.string()),
  metrics: z.optional(z.unknown()),
  plots: z.optional(z.unknown()),
});
const Pipeline = z.object({ stages: z.record(z.string(), z.unknown()) });

export const isDvcFile = (file: string) => file.endsWith(".dvc") || path.basename(file) === "dvc.lock";

/** The outputs that these files (absolute paths of .dvc and dvc.lock files) name. A file that is gone or no YAML has none. */
export async function readDvcOutputs(files: readonly string[]): Promise<DvcOutput[]> {
  const found = await Promise.all(
    files.map((file) => (path.basename(file) === "dvc.lock" ? readLockFile(file) : readDvcFile(file))),
  );
  return found.flat();
}

async function readDvcFile(file: string): Promise<DvcOutput[]> {
  const parsed = DvcFile.safeParse(await parseFile(file));
  if (!parsed.success) return [];
  const { wdir = ".", outs } = parsed.data;
  return toOutputs(file, wdir, outs ?? []);
}

async function readLockFile(file: string): Promise<DvcOutput[]> {
  const content = await parseFile(file);
  const lock = LockFile.safeParse(content);
  // Before version 2 of the format, the stages were all there was.
  const stages = lock.success ? lock.data.stages : (Stages.safeParse(content).data ?? {});
  const pipeline = Pipeline.safeParse(await parseFile(path.join(path.dirname(file), "dvc.yaml"))).data?.stages ?? {};
  return Object.entries(stages).flatMap(([name, { outs }]) => {
    const stage = stageOf(pipeline, name);
    const noData = new Set([...namesIn(stage.metrics), ...namesIn(stage.plots)]);
    const wdir = stage.wdir?.includes("${") ? "." : stage.wdir;
    return toOutputs(file, wdir ?? ".", outs ?? [], noData);
  });
}

/** The metric files (absolute) of the stages in the folder's dvc.yaml, in its order; none when there is no such file. */
export async function readDvcMetricFiles(folder: string): Promise<string[]> {
  const { stages = {} } = Pipeline.safeParse(await parseFile(path.join(folder, "dvc.yaml"))).data ?? {};
  const names = Object.keys(stages).flatMap((name) => {
    const { wdir = ".", metrics } = stageOf(stages, name);
    return namesIn(metrics).map((file) => path.join(wdir, file));
  });
  // What stands for something else is known to DVC only.
  return names.filter((name) => !name.includes("${")).map((name) => path.resolve(folder, name));
}

/** Stages made by a loop are named "stage@item" in the lock file, and told once, under `do`, in the other. */
function stageOf(pipeline: Record<string, unknown>, name: string): z.infer<typeof PipelineStage> {
  const stage = pipeline[name] ?? pipeline[name.split("@")[0]!];
  const body = typeof stage === "object" && stage !== null && "do" in stage ? stage.do : stage;
  return PipelineStage.safeParse(body).data ?? {};
}

/** `noData`: outputs to leave out, named as in the file. */
function toOutputs(
  file: string,
  wdir: string,
  outs: readonly unknown[],
  noData: ReadonlySet<string> = new Set(),
): DvcOutput[] {
  return outs.flatMap((out) => {
    const output = Output.safeParse(out).data;
    // Outputs elsewhere (s3://, remote://) are not files here.
    if (!output || noData.has(output.path) || /^\w[\w+.-]+:\/\//.test(output.path)) return [];
    const { md5 = null, size = null, nfiles = null } = output;
    return {
      path: path.resolve(path.dirname(file), wdir, output.path),
      source: file,
      md5,
      isFolder: md5?.endsWith(".dir") ?? false,
      size,
      files: nfiles,
    };
  });
}

/** The paths in a list of paths, or of mappings with a path as key. */
function namesIn(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => (typeof item === "string" ? [item] : Object.keys(item ?? {})));
}

async function parseFile(file: string): Promise<unknown> {
  try {
    const { parseYaml } = await import("./yaml");
    return parseYaml(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
