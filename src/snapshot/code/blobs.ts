/** Turns files on disk into blobs of their exact bytes, and these into entries of the tree. */
import fs from "node:fs";
import path from "node:path";
import type { Gap } from "../../domain/run";
import { GitError } from "../git";
import { diskPath, displayPath, type GitPath, toGitPath } from "../gitPath";
import { type Conversion, withFilters } from "./conversion";
import { type BlobRequest, type Gathering, statFile, unreadable } from "./gathering";
import { formatPointer, isForLfs } from "./lfsPointer";
import { writeBlobs } from "./treeBuilder";

/** How often a file is read again that is being written to meanwhile. */
const ATTEMPTS = 3;
const ENCRYPTED = "encrypted:";

/** Adds the entries for `gathering.requests`, and gaps for files that could not be stored as they are. */
export async function storeBlobs(gathering: Gathering, conversions: ReadonlyMap<GitPath, Conversion>): Promise<void> {
  const { requests, cache, gaps } = gathering;
  let pending: BlobRequest[] = [];
  const encrypted = new Map<BlobRequest, string>();
  for (const request of requests.values()) {
    const conversion = conversions.get(request.path);
    const known = cache.get(request.path, request.stats);
    if (known !== undefined) addEntry(gathering, request, known);
    else if (conversion?.startsWith(ENCRYPTED)) encrypted.set(request, conversion.slice(ENCRYPTED.length));
    else pending.push(request);
  }
  await storeEncrypted(gathering, encrypted);
  for (let attempt = 0; pending.length > 0 && attempt < ATTEMPTS; attempt++) {
    pending = await storeOnce(gathering, pending, conversions);
  }
  gaps.push(...pending.map(({ path: name }) => changing(name)));
  cache.save();
}

/** Stores what the user's filters make of these files; `encrypted` names the filter of each. */
async function storeEncrypted(gathering: Gathering, encrypted: ReadonlyMap<BlobRequest, string>): Promise<void> {
  const context = { ...gathering.context, config: withFilters(new Set(encrypted.values())) };
  for (const request of encrypted.keys()) {
    try {
      const [oid] = await writeBlobs(context, [request.path], "with filters");
      addEntry(gathering, request, oid!);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      gathering.gaps.push(notEncrypted(request.path, error));
    }
  }
}

/** Returns the files that changed meanwhile, with their new stamps. */
async function storeOnce(
  gathering: Gathering,
  requests: readonly BlobRequest[],
  conversions: ReadonlyMap<GitPath, Conversion>,
): Promise<BlobRequest[]> {
  const { job, cache, entries } = gathering;
  const scratch = path.join(job.temporaryFolder, `code-blobs-${process.pid}-${Date.now()}`);
  const readMs = Date.now();
  try {
    const sources: Source[] = [];
    for (const request of requests) {
      const source = await sourceOf(gathering, request, conversions.get(request.path) === "lfs", scratch);
      if (source) sources.push(source);
    }
    const oids = await writeReadable(gathering, sources);
    const again: BlobRequest[] = [];
    for (const { request } of sources) {
      const oid = oids.get(request.path);
      const stats = statFile(job.repository.top, request.path);
      if (!stats) entries.set(request.path, null);
      else if (oid !== undefined && isSame(stats, request.stats)) {
        cache.set(request.path, stats, oid, readMs);
        addEntry(gathering, request, oid);
      } else if (oid !== undefined) again.push({ ...request, stats });
    }
    return again;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** Where git reads the bytes from that stand for a file: the file itself, or a stand-in of ours. */
interface Source {
  request: BlobRequest;
  /** Relative to the top, or absolute. */
  file: string;
}

async function sourceOf(
  gathering: Gathering,
  request: BlobRequest,
  lfs: boolean,
  scratch: string,
): Promise<Source | null> {
  const standIn = (content: string | Buffer): Source => {
    fs.mkdirSync(scratch, { recursive: true });
    const file = path.join(scratch, String(fs.readdirSync(scratch).length));
    fs.writeFileSync(file, content);
    return { request, file: toGitPath(file) };
  };
  const onDisk = diskPath(gathering.job.repository.top, request.path);
  try {
    // Git would follow the link; its blob is the target's name.
    if (request.stats.isSymbolicLink()) return standIn(fs.readlinkSync(onDisk, { encoding: "buffer" }));
    const pointer = lfs ? await lfsPointer(gathering, onDisk) : null;
    return pointer === null ? { request, file: request.path } : standIn(pointer);
  } catch (error) {
    gathering.gaps.push(unreadable(request.path, reasonOf(error)));
    return null;
  }
}

/**
 * What Git LFS would store for the file, so that it need not be installed; null when that is the file itself. The bytes are
 * kept beside git.
 */
async function lfsPointer({ job }: Gathering, onDisk: string | Buffer): Promise<string | null> {
  const content = fs.readFileSync(onDisk);
  if (!isForLfs(content)) return null;
  return formatPointer({ sha256: await job.keepBytes(content), size: content.length });
}

/** Stores all sources, leaving out (with a gap) those that cannot be read. */
async function writeReadable({ context, gaps, job }: Gathering, sources: Source[]): Promise<Map<GitPath, string>> {
  const write = async (some: Source[]) => {
    const oids = await writeBlobs(
      context,
      some.map(({ file }) => file),
    );
    return new Map(some.map(({ request }, index) => [request.path, oids[index]!]));
  };
  try {
    return await write(sources);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // One file that cannot be read stops git. Vanished ones are seen to by the caller.
    const readable = sources.filter(({ request }) => {
      try {
        if (!request.stats.isSymbolicLink()) fs.closeSync(fs.openSync(diskPath(job.repository.top, request.path), "r"));
        return true;
      } catch (reason) {
        const { code } = reason as NodeJS.ErrnoException;
        if (code !== "ENOENT") gaps.push(unreadable(request.path, reasonOf(reason)));
        return false;
      }
    });
    if (readable.length === sources.length) throw error;
    return await write(readable);
  }
}

function addEntry({ job, entries, listing }: Gathering, request: BlobRequest, oid: string): void {
  const { indexed, stats } = request;
  const fileModes = job.repository.config.get("core.filemode") !== "false";
  const current = indexed ?? (fileModes ? undefined : listing.entries.find(({ path: name }) => name === request.path));
  const mode = stats.isSymbolicLink()
    ? "120000"
    : fileModes
      ? stats.mode & 0o100
        ? "100755"
        : "100644"
      : (current?.mode ?? "100644");
  if (indexed?.oid !== oid || indexed.mode !== mode) entries.set(request.path, { mode, oid });
}

const isSame = (a: fs.Stats, b: fs.Stats) =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;

const reasonOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error);

function changing(gitPath: GitPath): Gap {
  const name = displayPath(gitPath);
  const message = `${name} was being written to while the code snapshot was taken: not in it as the run saw it.`;
  return { kind: "changed-while-hashing", path: name, message };
}

function notEncrypted(gitPath: GitPath, error: GitError): Gap {
  const name = displayPath(gitPath);
  const message = `${name} is kept encrypted in git, and could not be encrypted now: not in the code snapshot as the run saw it. ${error.message}`;
  return { kind: "other", path: name, message };
}
