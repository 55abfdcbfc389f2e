/** A notebook as Jupyter writes it, version 4: https://nbformat.readthedocs.io/en/latest/format_description.html */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as z from "zod";
import { UserError } from "../../domain/errors";
import type { Notebook, NotebookCell } from "../../domain/notebook";

const Cell = z.object({
  cell_type: z.string(),
  id: z.string().optional(),
  source: z.union([z.string(), z.array(z.string())]),
  metadata: z.object({ tags: z.array(z.string()).optional() }).optional(),
});
const File = z.object({
  nbformat: z.literal(4),
  metadata: z.record(z.string(), z.unknown()),
  cells: z.array(Cell),
});

/** Throws UserError when it is none, or of a version that nobody writes any more. */
export async function readNotebookFile(path: string): Promise<Notebook> {
  const name = basename(path);
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UserError(`${name} could not be read: ${error.message}`);
  });
  const parsed = File.safeParse(parseJson(text));
  if (!parsed.success) throw new UserError(`${name} is no notebook of Jupyter's format 4. Save it anew with Jupyter.`);
  const { cells, metadata } = parsed.data;
  const language = languageOf(metadata);
  return { metadata, cells: cells.map((cell, index) => cellOf(cell, index, language)) };
}

function cellOf({ cell_type, id, source, metadata }: z.infer<typeof Cell>, index: number, code: string): NotebookCell {
  const isCode = cell_type === "code";
  return {
    id: id ?? `cell-${index + 1}`,
    kind: isCode ? "code" : "markup",
    language: isCode ? code : cell_type,
    source: [source].flat().join(""),
    tags: metadata?.tags ?? [],
  };
}

function languageOf(metadata: Record<string, unknown>): string {
  const Language = z.object({ language_info: z.object({ name: z.string() }) });
  return Language.safeParse(metadata).data?.language_info.name ?? "python";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
