import * as z from "zod";
import { lineageOf } from "../compare/lineage";
import type { LineageDataset, LineageFile, LineageRun } from "../domain/lineage";
import { findLineageStart } from "../snapshot/lineageStart";
import { readManifest } from "../snapshot/manifest";
import { isoTime } from "./inWords";
import { tool } from "./tool";

export const traceFile = tool({
  name: "trace_file",
  title: "Trace File",
  description:
    "Tells where a file came from (which run wrote it, from which files, and so on), or with direction `down` what was made from it. For models, data files, pictures; by content, so that copies and renamed files are found.",
  input: z.object({
    path: z.string().describe("As a path from the project's folder, or absolute"),
    direction: z.enum(["up", "down"]).default("up"),
    depth: z.number().int().min(1).max(10).default(4).describe("How many runs far"),
  }),
  async answer(store, { path, direction, depth }) {
    const options = { direction, depth, limit: 20, size: 200 } as const;
    const filesOf = (version: string) => readManifest(store.folder, version);
    const { start, note } = await findLineageStart(store, path, store.root);
    const { root, complete } = await lineageOf(store, start, { ...options, filesOf });
    if (note) root.note = note;
    const what = direction === "up" ? "writtenBy" : "usedBy";
    return { ...fileInWords(root, what), ...(complete ? {} : { cut: "The tree is larger; ask for a file of it." }) };
  },
});

type Link = "writtenBy" | "usedBy";

function fileInWords(file: LineageFile | LineageDataset, link: Link): Record<string, unknown> {
  const { runs, more, stop, note } = file;
  return {
    ...(file.kind === "file" ? { path: file.path, sha256: file.sha256 } : { dataset: file.name, files: file.files }),
    ...(runs.length > 0 ? { [link]: runs.map((run) => runInWords(run, link)) } : {}),
    ...(more > 0 ? { moreRuns: more } : {}),
    ...(stop ? { stop } : {}),
    ...(note ? { note } : {}),
  };
}

function runInWords({ id, name, experiment, status, startTime, files, more }: LineageRun, link: Link): unknown {
  return {
    id: id.slice(0, 8),
    name,
    experiment,
    status,
    started: isoTime(startTime),
    ...(files.length > 0
      ? { [link === "writtenBy" ? "read" : "wrote"]: files.map((file) => fileInWords(file, link)) }
      : {}),
    ...(more > 0 ? { moreFiles: more } : {}),
  };
}
