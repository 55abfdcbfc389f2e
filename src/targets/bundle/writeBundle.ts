/**
 * A job as one zip file, for places that we have no files in: `python/` with the agent and the tracer, `job/job.json`, and
 * `job/work/` with the stage. python/bundle/unpack.py runs it.
 */
import { createWriteStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { fsPath } from "../../ingest/spoolPath";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { type Entry, entriesBelow } from "../host/localFolder";

export interface Bundle {
  /** Bytes of the zip file. */
  size: number;
}

/** All that runs on a target: what the agent finds beside itself. */
const PROGRAMS = ["agent", "tracer", "modeltrail"];
const LINK = 0o120777;
/** Equal jobs make equal bundles, whenever they are made. (Zip files know no time before 1980.) */
const TIME = new Date(1980, 0, 2);
/** Already packed, or nearly random: packing them again costs time for nothing. */
const PACKED = /\.(?:png|jpe?g|gif|webp|mp[34]|zip|gz|bz2|xz|zst|npz|parquet|whl|pt|pth|safetensors)$/i;

/** `job`: as the agent reads it, see python/agent/prepare_job.py. */
export async function writeBundle(
  file: string,
  { job, stage, signal }: { job: object; stage: string; signal: AbortSignal },
): Promise<Bundle> {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }), { signal });
  const failed = new Promise<never>((_, reject) => {
    zip.on("error", reject);
    written.catch(reject);
  });
  failed.catch(() => {});
  const add = async () => {
    for (const name of PROGRAMS) await addPrograms(zip, path.join(path.dirname(pythonFolder("agent")), name), name);
    zip.addBuffer(Buffer.from(JSON.stringify(job)), "job/job.json", { mtime: TIME });
    zip.addEmptyDirectory("job/work", { mtime: TIME });
    for (const entry of await entriesBelow(stage)) if (!isUnnamable(entry)) addEntry(zip, stage, entry);
    zip.end();
    await written;
  };
  await Promise.race([add(), failed]);
  return { size: (await stat(file)).size };
}

/** Paths of a stage that its bundle is without: a zip file cannot name what is not UTF-8. */
export async function leftOutOf(stage: string): Promise<string[]> {
  return (await entriesBelow(stage)).filter(isUnnamable).map((entry) => entry.path);
}

const isUnnamable = (entry: Entry) => typeof fsPath(entry.path) !== "string";

async function addPrograms(zip: ZipFile, folder: string, name: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of files) {
    if (!entry.isFile() || !entry.name.endsWith(".py")) continue;
    const full = path.join(entry.parentPath, entry.name);
    const inside = path.relative(folder, full).split(path.sep).join("/");
    zip.addFile(full, `python/${name}/${inside}`, { mtime: TIME, mode: 0o100644 });
  }
}

function addEntry(zip: ZipFile, stage: string, entry: Entry): void {
  const name = `job/work/${entry.path}`;
  const options = { mtime: TIME };
  if (entry.kind === "folder") zip.addEmptyDirectory(name, { ...options, mode: 0o040000 | entry.mode });
  else if (entry.kind === "link") zip.addBuffer(Buffer.from(entry.to!), name, { ...options, mode: LINK });
  else {
    const mode = 0o100000 | entry.mode;
    zip.addFile(fsPath(path.join(stage, entry.path)) as string, name, {
      ...{ ...options, mode },
      compress: !PACKED.test(entry.path),
    });
  }
}

/** The program that runs a bundle. */
export const unpackProgram = () => path.join(pythonFolder("bundle"), "unpack.py");

/** The file's content in pieces of at most `size` bytes. */
export async function* piecesOf(file: string, size: number): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
