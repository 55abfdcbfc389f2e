/** What cells showed, kept in the store: small things with their bytes, of others size and hash. */
import { createHash } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import type { CellError, CellOutput, CellOutputItem, CellOutputKind } from "../../domain/cells";
import { terminalText } from "../../domain/terminalText";
import { hashFile, putBytes, putFile } from "../../store/objects";

/** Of an output that is larger, only size and hash are kept. Bytes. */
export const MOST_OUTPUT_BYTES = 10 * 1024 * 1024;
const PREVIEW_LENGTH = 300;
const MOST_TRACEBACK = 20_000;

/** `file`: the bytes are in there, for us alone to take; it is removed then. */
export type OutputItemContent = { mime: string; bytes: Uint8Array } | { mime: string; file: string };

export interface OutputContent {
  kind: CellOutputKind;
  /** The same thing in different forms. */
  items: OutputItemContent[];
}

/** Never keeps half: throws what the disk says. */
export async function keepOutputs(storeFolder: string, outputs: readonly OutputContent[]): Promise<CellOutput[]> {
  const kept: CellOutput[] = [];
  for (const { kind, items } of outputs) {
    const found: { item: CellOutputItem; start: Uint8Array }[] = [];
    for (const content of items) found.push(await keepItem(storeFolder, content));
    kept.push({ kind, items: found.map(({ item }) => item), preview: previewOf(kind, found) });
  }
  return kept;
}

async function keepItem(
  storeFolder: string,
  content: OutputItemContent,
): Promise<{ item: CellOutputItem; start: Uint8Array }> {
  const { mime } = content;
  if ("file" in content) {
    try {
      const start = await startOf(content.file);
      const keep = (await stat(content.file)).size <= MOST_OUTPUT_BYTES;
      const known = keep ? await putFile(storeFolder, content.file) : await hashFile(content.file);
      return { item: { mime, ...known, kept: keep }, start };
    } finally {
      await rm(content.file, { force: true });
    }
  }
  const { bytes } = content;
  const start = bytes.subarray(0, PREVIEW_LENGTH * 4);
  if (bytes.byteLength <= MOST_OUTPUT_BYTES) {
    return { item: { mime, ...(await putBytes(storeFolder, bytes)), kept: true }, start };
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { item: { mime, size: bytes.byteLength, sha256, kept: false }, start };
}

async function startOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PREVIEW_LENGTH * 4), 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Plain text first, since that is meant to be read. */
function previewOf(kind: CellOutputKind, found: readonly { item: CellOutputItem; start: Uint8Array }[]): string {
  const isPlain = (mime: string) => mime === "text/plain" || mime === STREAM_MIME[kind];
  const best = found.find(({ item }) => isPlain(item.mime)) ?? found.find(({ item }) => isText(item.mime));
  if (!best) return found.map(({ item }) => item.mime).join(", ");
  const text = terminalText(new TextDecoder().decode(best.start)).trim();
  return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}…` : text;
}

/** What VS Code calls text that was printed. */
export const STREAM_MIME: Partial<Record<CellOutputKind, string>> = {
  stdout: "application/vnd.code.notebook.stdout",
  stderr: "application/vnd.code.notebook.stderr",
};
export const ERROR_MIME = "application/vnd.code.notebook.error";

export const isText = (mime: string) =>
  /^text\/|^application\/vnd\.code\.notebook\.|^image\/svg\+xml|[/+](?:json|xml|javascript)$/.test(mime);

/** With a traceback that can be read, however long it was: its beginning and its end. */
export function boundedError({ name, message, traceback }: CellError): CellError {
  return { name: name.slice(0, 200), message: shorten(message, 2_000), traceback: shorten(traceback, MOST_TRACEBACK) };
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n…\n${text.slice(-half)}`;
}
