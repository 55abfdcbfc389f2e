/** What a page can show of a kept file: read here, so that the extension host waits for no disk. */
import { open } from "node:fs/promises";
import path from "node:path";
import { previewTable, type TablePreview } from "../../compare/tables/previewTable";
import { tableFormatOf } from "../../compare/tables/tableFormat";
import { isEvaluationName } from "../../domain/evaluation/evaluation";
import { tableOfJson } from "../../domain/evaluation/jsonForms";
import { evaluationOfJson, evaluationOfTable } from "../../domain/evaluation/readEvaluation";
import { formatSize } from "../../domain/format";
import type { Artifact } from "../../domain/run";
import type { TableFormat } from "../../domain/tableComparison";
import { parseLooseJson } from "../../ingest/numbers";
import type { Preview } from "../../protocol/preview";
import { hasObject, objectPath } from "../../store/objects";

const MOST_MEDIA = 20_000_000;
const MOST_TEXT = 200_000;
const MOST_OF_TABLE = { rows: 200, columns: 100 };
/** A curve has a row for each of its points. */
const MOST_OF_EVALUATION = { rows: 200_000, columns: 120, bytes: 20_000_000 };

const MEDIA: Record<string, { kind: "image" | "audio" | "video"; mime: string }> = {
  png: { kind: "image", mime: "image/png" },
  jpg: { kind: "image", mime: "image/jpeg" },
  jpeg: { kind: "image", mime: "image/jpeg" },
  gif: { kind: "image", mime: "image/gif" },
  webp: { kind: "image", mime: "image/webp" },
  bmp: { kind: "image", mime: "image/bmp" },
  svg: { kind: "image", mime: "image/svg+xml" },
  wav: { kind: "audio", mime: "audio/wav" },
  mp3: { kind: "audio", mime: "audio/mpeg" },
  ogg: { kind: "audio", mime: "audio/ogg" },
  flac: { kind: "audio", mime: "audio/flac" },
  mp4: { kind: "video", mime: "video/mp4" },
  webm: { kind: "video", mime: "video/webm" },
};

/** Whatever cannot be shown is told in a sentence. `folder`: the store's. */
export async function previewOf(folder: string, { path: name, sha256, size }: Artifact): Promise<Preview> {
  if (!hasObject(folder, sha256)) return { kind: "none", reason: "Only its hash is kept, not its bytes." };
  return await previewFile(name, objectPath(folder, sha256), size);
}

/** `name` says what it is, `file` is where its bytes are. */
export async function previewFile(name: string, file: string, size: number): Promise<Preview> {
  const format = tableFormatOf(name);
  if (format !== null) return await tableOf(name, file, format, size);
  const extension = path.extname(name).slice(1).toLowerCase();
  const media = Object.hasOwn(MEDIA, extension) ? MEDIA[extension] : undefined;
  if (media) {
    if (size > MOST_MEDIA) return { kind: "none", reason: `It is too big to be shown here (${formatSize(size)}).` };
    return { ...media, bytes: await readStart(file, MOST_MEDIA) };
  }
  const isJson = extension === "json";
  const limit = isJson && isEvaluationName(name) && size <= MOST_OF_EVALUATION.bytes ? size : MOST_TEXT;
  const start = await readStart(file, limit);
  // As git and editors judge.
  if (start.includes(0)) return { kind: "none", reason: "It is a binary file of a kind that is not shown here." };
  const text = new TextDecoder().decode(start);
  const cut = size > start.length;
  if (extension === "html" || extension === "htm") return { kind: "html", text, cut };
  if (isJson && !cut) return jsonOf(name, text);
  return { kind: "text", text, cut };
}

async function readStart(file: string, limit: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.min(size, limit));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What is no JSON, or only Python's, stays as it is. The first threshold of a ROC curve is such an Infinity. */
function jsonOf(name: string, text: string): Preview {
  const content = parseLooseJson(text);
  const evaluation = evaluationOfJson(name, content);
  if (evaluation) return { kind: "evaluation", evaluation };
  const table = isWrittenTable(content) ? tableOfJson(content) : null;
  if (table) return firstOf({ ...table, moreRows: false, moreColumns: false, complete: true, faults: [] });
  const shown = indented(text);
  return { kind: "json", text: shown.slice(0, MOST_TEXT), cut: shown.length > MOST_TEXT };
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Of the forms of tables the one that is nothing else: what `mlflow.log_table` and W&B write. */
const isWrittenTable = (content: unknown) =>
  typeof content === "object" && content !== null && "columns" in content && "data" in content;

async function tableOf(name: string, file: string, format: TableFormat, size: number): Promise<Preview> {
  const first = await previewTable(file, format, MOST_OF_TABLE);
  if (evaluationOfTable(name, first) || isEvaluationName(name)) {
    const isWhole = !first.moreRows && !first.moreColumns && first.complete;
    const isRead = isWhole || size <= MOST_OF_EVALUATION.bytes;
    const whole = isWhole ? first : isRead ? await previewTable(file, format, MOST_OF_EVALUATION) : undefined;
    const evaluation = whole && !whole.moreRows && !whole.moreColumns && evaluationOfTable(name, whole);
    if (evaluation) return { kind: "evaluation", evaluation };
  }
  return firstOf(first);
}

function firstOf({ columns, rows, moreRows, moreColumns, complete, faults }: TablePreview): Preview {
  const shown = rows.slice(0, MOST_OF_TABLE.rows).map((row) => row.slice(0, MOST_OF_TABLE.columns).map(withoutMark));
  const isMore = rows.length > MOST_OF_TABLE.rows || columns.length > MOST_OF_TABLE.columns;
  const cut = moreRows || moreColumns || !complete || isMore;
  return { kind: "table", columns: columns.slice(0, MOST_OF_TABLE.columns), rows: shown, cut, faults };
}

/** That with which `parseLooseJson` tells NaN from a text. */
const withoutMark = (cell: string | null) => (cell?.startsWith("\0") ? cell.slice(1) : cell);
