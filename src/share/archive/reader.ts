/** Reads an archive and believes nothing of it: names, sizes and hashes are checked before anything is used. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import type * as z from "zod";
import { UserError } from "../../domain/errors";
import { AnyManifest, FORMAT_VERSION, MANIFEST, Manifest, MEMBER_NAME, type Member } from "./format";

export interface ArchiveReader {
  readonly file: string;
  readonly manifest: Manifest;
  /** By name, without the manifest and without damaged ones. */
  readonly members: ReadonlyMap<string, Member>;
  /** A member with JSON, verified. */
  json<T>(name: string, schema: z.ZodType<T>): Promise<T>;
  /** Writes a member to a new file; when this resolves, size and hash are as the manifest says. */
  extract(
    name: string,
    to: string,
    options?: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void },
  ): Promise<void>;
  close(): void;
}

/** Members that are read into memory: the manifest, and what describes a run. A manifest of a million members fits. */
const TEXT_LIMIT = 256 * 2 ** 20;
const AGAIN = "Nothing was imported. Copy or export the archive again.";

/** Opens an archive of runs. Throws UserError when it is something else, not whole, or made by a newer Modeltrail. */
export async function openArchive(file: string): Promise<ArchiveReader> {
  await assertZip(file);
  const zip = await openZip(file);
  try {
    const entries = await listEntries(zip, file);
    const manifest = await readManifest(zip, entries, file);
    const members = compare(entries, manifest, file);
    return makeReader(zip, file, entries, manifest, members);
  } catch (error) {
    zip.close();
    throw error;
  }
}

function makeReader(
  zip: ZipFile,
  file: string,
  entries: ReadonlyMap<string, Entry>,
  manifest: Manifest,
  members: ReadonlyMap<string, Member>,
): ArchiveReader {
  function find(name: string): { member: Member; entry: Entry } {
    const member = members.get(name);
    const entry = entries.get(name);
    if (!member || !entry) throw damaged(file, `${name} is missing from it`);
    return { member, entry };
  }

  return {
    file,
    manifest,
    members,
    async json(name, schema) {
      const { member, entry } = find(name);
      const text = await readText(zip, entry, file);
      if (sha256(text) !== member.sha256) throw wrongHash(file, name);
      return parse(text, schema, file, name);
    },
    async extract(name, to, { signal, onBytes } = {}) {
      const { member, entry } = find(name);
      const hash = createHash("sha256");
      const source = await openEntry(zip, entry, file);
      async function* watched(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          onBytes?.(chunk.length);
          yield chunk;
        }
      }
      const target = createWriteStream(to, { flags: "wx" });
      try {
        await pipeline(source, watched, target, { signal });
      } catch (error) {
        // Only errors of the disk name the call that failed.
        const isDisk = (error as NodeJS.ErrnoException).syscall !== undefined;
        throw isDisk || signal?.aborted ? error : damaged(file, `${name} cannot be unpacked`, error);
      }
      if (hash.digest("hex") !== member.sha256) throw wrongHash(file, name);
    },
    close: () => zip.close(),
  };
}

/** A zip file begins with its first member; one without any is none of ours. */
async function assertZip(file: string): Promise<void> {
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw unreadable(file, error);
    throw new UserError(`There is no file ${file}.`, { cause: error });
  });
  if (!stats.isFile()) throw new UserError(`${file} is a folder, not an archive of runs.`);
  if (stats.size === 0) throw new UserError(`${file} is empty: it was not copied whole. Copy it again.`);
  const chunks = createReadStream(file, { end: 3 }) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of chunks) if (chunk.toString("latin1") === "PK\x03\x04") return;
  } catch (error) {
    throw unreadable(file, error);
  }
  throw notOurs(file);
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    // Names are taken as bytes: what they are allowed to be is decided here.
    return await openPromise(file, { autoClose: false, decodeStrings: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code) throw unreadable(file, error);
    const message = `${file} ends too early, or was changed: the list of what is in it, at its end, cannot be read.`;
    throw new UserError(`${message} ${AGAIN}`, { cause: error });
  }
}

async function listEntries(zip: ZipFile, file: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let packed = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileNameRaw.toString("latin1");
      if (!MEMBER_NAME.test(name)) throw strange(file, name, entries);
      if (entries.has(name)) throw damaged(file, `it has two members ${name}`);
      entries.set(name, entry);
      packed += entry.compressedSize;
    }
  } catch (error) {
    throw error instanceof UserError ? error : damaged(file, "the list of what is in it cannot be read", error);
  }
  // Members that share their bytes can be made to unpack to any size.
  if (packed > zip.fileSize) throw damaged(file, "its members overlap");
  return entries;
}

/** A name that no archive of ours has: another zip file, or a trap. */
function strange(file: string, name: string, before: ReadonlyMap<string, Entry>): UserError {
  if (before.size === 0) return notOurs(file);
  const shown = JSON.stringify(name.slice(0, 200));
  return new UserError(
    `${file} has a member ${shown}, which no archive of runs has: somebody has changed it. Nothing was imported. Ask for the original archive.`,
  );
}

async function readManifest(zip: ZipFile, entries: ReadonlyMap<string, Entry>, file: string): Promise<Manifest> {
  const entry = entries.get(MANIFEST);
  if (!entry) throw notOurs(file);
  const text = await readText(zip, entry, file);
  const { version } = parse(text, AnyManifest, file, MANIFEST);
  if (version > FORMAT_VERSION) {
    throw new UserError(
      `${file} was made by a newer Modeltrail (its format is ${version}, this Modeltrail reads up to ${FORMAT_VERSION}). Update Modeltrail, then import it again.`,
    );
  }
  return parse(text, Manifest, file, MANIFEST);
}

/** The members that the manifest names, all of which are there with the sizes that it says, and no others. */
function compare(entries: ReadonlyMap<string, Entry>, manifest: Manifest, file: string): Map<string, Member> {
  const members = new Map(manifest.members.map((member) => [member.name, member]));
  const passedOver = new Set([MANIFEST, ...manifest.damaged]);
  for (const { name, size } of manifest.members) {
    const entry = entries.get(name);
    if (!entry) throw damaged(file, `${name} is missing from it`);
    if (entry.uncompressedSize !== size || entry.isEncrypted() || !entry.canDecodeFileData()) {
      throw damaged(file, `${name} has not the ${size} bytes that the manifest says`);
    }
  }
  for (const name of entries.keys()) {
    if (!members.has(name) && !passedOver.has(name)) throw damaged(file, `${name} is not in its manifest`);
  }
  return members;
}

async function readText(zip: ZipFile, entry: Entry, file: string): Promise<Buffer> {
  const name = entry.fileNameRaw.toString("latin1");
  if (entry.uncompressedSize > TEXT_LIMIT) throw damaged(file, `${name} is too big to be true`);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of await openEntry(zip, entry, file)) chunks.push(chunk as Buffer);
  } catch (error) {
    throw error instanceof UserError ? error : damaged(file, `${name} cannot be unpacked`, error);
  }
  return Buffer.concat(chunks);
}

async function openEntry(zip: ZipFile, entry: Entry, file: string) {
  try {
    return await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw damaged(file, `${entry.fileNameRaw.toString("latin1")} cannot be unpacked`, error);
  }
}

function parse<T>(text: Buffer, schema: z.ZodType<T>, file: string, name: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text.toString());
  } catch (error) {
    throw damaged(file, `${name} is not JSON`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(file, `${name} has a wrong ${issue?.path.join(".") || "form"}`, parsed.error);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function notOurs(file: string): UserError {
  return new UserError(`${file} is not an archive of runs. Such an archive is made with \`modeltrail export\`.`);
}

const unreadable = (file: string, cause: unknown) =>
  new UserError(`${file} could not be read (${(cause as Error).message}).`, { cause });

export function damaged(file: string, what: string, cause?: unknown): UserError {
  return new UserError(`${file} is damaged: ${what}. ${AGAIN}`, { cause });
}

const wrongHash = (file: string, name: string) =>
  damaged(file, `${name} has another content than the manifest says (its SHA-256 differs)`);
