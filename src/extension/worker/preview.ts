/** What a page can show of a kept file: read here, so that the extension host waits for no disk. */
import { open } from "node:fs/promises";
import path from "node:path";
import { previewTable } from "../../compare/tables/previewTable";
import { tableFormatOf } from "../../compare/tables/tableFormat";
import { formatSize } from "../../domain/format";
import type { TableFormat } from "../../domain/tableComparison";
import type { Preview } from "../../protocol/runPage";

const MOST_MEDIA = 20_000_000;
const MOST_TEXT = 200_000;
const MOST_OF_TABLE = { rows: 100, columns: 50 };

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

/** `name` says what it is, `file` is where its bytes are. */
export async function previewOf(name: string, file: string, size: number): Promise<Preview> {
  const format = tableFormatOf(name);
  if (format !== null) return await tableOf(file, format);
  const extension = path.extname(name).slice(1).toLowerCase();
  const media = Object.hasOwn(MEDIA, extension) ? MEDIA[extension] : undefined;
  if (media) {
    if (size > MOST_MEDIA) return { kind: "none", reason: `It is too big to be shown here (${formatSize(size)}).` };
    return { ...media, bytes: await readStart(file, MOST_MEDIA) };
  }
  const start = await readStart(file, MOST_TEXT);
  // As git and editors judge.
  if (start.includes(0)) return { kind: "none", reason: "It is a binary file of a kind that is not shown here." };
  const text = new TextDecoder().decode(start);
  const cut = size > start.length;
  if (extension === "html" || extension === "htm") return { kind: "html", text, cut };
  if (extension === "json" && !cut) return { kind: "json", text: indented(text), cut };
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

/** What is no JSON, or has numbers that would not come back as they were, stays as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function tableOf(file: string, format: TableFormat): Promise<Preview> {
  const { columns, rows, moreRows, complete } = await previewTable(file, format, MOST_OF_TABLE);
  const filled = rows.map((row) => row.map((cell) => cell ?? ""));
  return { kind: "table", columns, rows: filled, cut: moreRows || !complete };
}
