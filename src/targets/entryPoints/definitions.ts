/** Entry points that a file defines: modeltrail.yaml, dvc.yaml, MLproject. Each throws an Error of one line for one it cannot read. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import type { Entries } from "../../domain/entries";
import { PROJECT_FILE_NAME } from "../../domain/projectFileName";
import { splitWords } from "../../protocol/words";
import { type EntryPoint, PYTHON } from "./contract";

export function projectEntries(entries: Entries): EntryPoint[] {
  return Object.entries(entries).map(([name, value]) => {
    const entry = typeof value === "string" || Array.isArray(value) ? { command: value } : value;
    const { command, cwd = "", ...rest } = entry;
    return {
      kind: "entry",
      name,
      file: PROJECT_FILE_NAME,
      cwd: path.posix.normalize(cwd.replaceAll("\\", "/")).replace(/^\.$|\/$/, ""),
      command: typeof command === "string" ? splitWords(command) : command,
      ...rest,
    };
  });
}

const Pipeline = z.object({ stages: z.optional(z.record(z.string(), z.unknown())) });

/** Of stages made by a loop (`foreach`, `matrix`) the name stands for all of them, as for DVC itself. */
export async function dvcStages(root: string, file: string): Promise<EntryPoint[]> {
  const { stages = {} } = Pipeline.parse((await parse(root, file)) ?? {});
  return Object.keys(stages).map((name) => ({
    kind: "stage",
    name,
    file,
    cwd: folderOf(file),
    command: [PYTHON, "-m", "dvc", "repro", name],
    experiment: name,
  }));
}

const Parameter = z.union([z.string(), z.object({ default: z.optional(z.unknown()) })]);
const MlProject = z.object({
  name: z.optional(z.string()),
  entry_points: z.optional(
    z.record(
      z.string(),
      z.object({ command: z.string(), parameters: z.optional(z.nullable(z.record(z.string(), Parameter))) }),
    ),
  ),
});

/** https://mlflow.org/docs/latest/ml/projects/ */
export async function mlProjectPoints(root: string, file: string): Promise<EntryPoint[]> {
  const project = MlProject.parse((await parse(root, file)) ?? {});
  return Object.keys(project.entry_points ?? {}).map((name) => ({
    kind: "project",
    name,
    file,
    cwd: folderOf(file),
    // In the interpreter that starts it: environments are what targets are for.
    command: [PYTHON, "-m", "mlflow", "run", ".", "-e", name, "--env-manager", "local"],
    experiment: project.name ?? name,
  }));
}

function folderOf(file: string): string {
  const folder = path.posix.dirname(file);
  return folder === "." ? "" : folder;
}

async function parse(root: string, file: string): Promise<unknown> {
  const { parseYaml } = await import("../../snapshot/yaml");
  return parseYaml(await readFile(path.join(root, file), "utf8"));
}
