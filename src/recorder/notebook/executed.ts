/**
 * The notebook as it was executed, as a file of Jupyter's: each cell with the text that ran last and what that showed. Made
 * from what the store knows, so that it can be made of a run whose recorder died as well.
 * Format: https://nbformat.readthedocs.io/en/latest/format_description.html (4.5).
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { CellError, CellExecution, CellOutput, CellOutputItem } from "../../domain/cells";
import { formatSize } from "../../domain/format";
import type { NotebookCell } from "../../domain/notebook";
import type { Artifact } from "../../domain/run";
import { allCells } from "../../store/cells/all";
import type { Store } from "../../store/contract";
import { objectPath, putBytes } from "../../store/objects";
import { type Layout, readLayout } from "./layout";
import { isText } from "./outputs";

/** With more than this the copy would be of no use in an editor. Bytes of outputs. */
const MOST_BYTES = 100 * 1024 * 1024;

/** How the artifact is called. */
export const executedName = (notebook: string) => `executed/${basename(notebook).replace(/(?:\.ipynb)?$/, ".ipynb")}`;

/** Keeps it; none when the run is of no notebook. */
export async function keepExecutedNotebook(store: Store, id: string): Promise<Artifact[]> {
  const layout = await readLayout(store.runFolder(id));
  if (!layout) return [];
  const content = JSON.stringify(await executedNotebook(store, id, layout), null, 1);
  const object = await putBytes(store.folder, Buffer.from(`${content}\n`));
  return [{ path: executedName(layout.notebook), ...object }];
}

async function executedNotebook(store: Store, id: string, { cells, metadata }: Layout): Promise<object> {
  const last = new Map<string, CellExecution>();
  for (const cell of allCells(store, id)) last.set(cell.cellId, cell);
  const room = { bytes: MOST_BYTES };
  const written: object[] = [];
  for (const cell of cells) written.push(await cellOf(store.folder, cell, last.get(cell.id), room));
  return { cells: written, metadata, nbformat: 4, nbformat_minor: 5 };
}

async function cellOf(
  folder: string,
  { id, kind, source, tags }: NotebookCell,
  ran: CellExecution | undefined,
  room: { bytes: number },
): Promise<object> {
  const metadata = tags.length > 0 ? { tags } : {};
  // Ids of the format are short and of few signs; others are the editor's own.
  const named = /^[a-zA-Z0-9_-]{1,64}$/.test(id) ? { id } : {};
  if (kind === "markup") return { cell_type: "markdown", ...named, metadata, source: lines(source) };
  const outputs: object[] = [];
  for (const output of ran?.outputs ?? []) outputs.push(await outputOf(folder, output, ran!, room));
  const text = ran ? ((await textOf(folder, ran.source)) ?? source) : source;
  const count = ran?.executionCount ?? null;
  return { cell_type: "code", ...named, metadata, source: lines(text), execution_count: count, outputs };
}

async function outputOf(
  folder: string,
  { kind, items }: CellOutput,
  { error, executionCount }: CellExecution,
  room: { bytes: number },
): Promise<object> {
  if (kind === "error" && error) return errorOf(error);
  if (kind === "stdout" || kind === "stderr") {
    const parts: string[] = [];
    for (const item of items) parts.push((await takeText(folder, item, room)) ?? absent(item));
    return { output_type: "stream", name: kind, text: lines(parts.join("")) };
  }
  const data: Record<string, unknown> = {};
  const missing: CellOutputItem[] = [];
  for (const item of items) {
    const value = await contentOf(folder, item, room);
    if (value === null) missing.push(item);
    else data[item.mime] = value;
  }
  if (missing.length > 0) data["text/plain"] ??= missing.map(absent).join("\n");
  if (kind !== "result") return { output_type: "display_data", data, metadata: {} };
  return { output_type: "execute_result", execution_count: executionCount, data, metadata: {} };
}

const errorOf = ({ name, message, traceback }: CellError) => ({
  output_type: "error",
  ename: name,
  evalue: message,
  traceback: traceback === "" ? [] : traceback.split("\n"),
});

const absent = ({ mime, size }: CellOutputItem) => `[${mime}, ${formatSize(size)}: not kept]`;

/** Text as lines, JSON as what it says, all else in base64; null when it is not there, or there is no room for it. */
async function contentOf(folder: string, item: CellOutputItem, room: { bytes: number }): Promise<unknown> {
  const { mime } = item;
  if (!isText(mime)) return (await take(folder, item, room))?.toString("base64") ?? null;
  const text = await takeText(folder, item, room);
  if (text === null || !/[/+]json$/.test(mime)) return text === null ? null : lines(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const takeText = async (folder: string, item: CellOutputItem, room: { bytes: number }) =>
  (await take(folder, item, room))?.toString("utf8") ?? null;

async function take(
  folder: string,
  { kept, size, sha256 }: CellOutputItem,
  room: { bytes: number },
): Promise<Buffer | null> {
  if (!kept || size > room.bytes) return null;
  room.bytes -= size;
  return readFile(objectPath(folder, sha256)).catch(() => null);
}

const textOf = (folder: string, sha256: string) => readFile(objectPath(folder, sha256), "utf8").catch(() => null);

/** As Jupyter writes texts: each line with its end. */
const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
