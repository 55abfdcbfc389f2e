/** Reads very many blobs, of any size, through one git process. */
import { once } from "node:events";
import { endGit, type GitProcess, objectsOf, startGit } from "../git";

/** Takes blobs one after the other, in the order asked for: each begins, has its bytes and ends, or fails. */
export interface BlobSink {
  begin(index: number, size: number): void;
  /** The chunk is the sink's only until it returns. */
  bytes(chunk: Buffer): void;
  end(index: number): void;
  /** Instead of `begin`, or after it instead of `end`. `reason`: what git said; empty when it just does not have it. */
  fail(index: number, reason: string): void;
}

/**
 * Hands the blobs `oids` of the repository `gitDir` to the sink. What git gives is not verified by git itself: the sink must
 * compare. Throws the signal's reason when it fires, GitError's cause when git cannot be started, and what the sink throws.
 */
export async function readBlobs(
  gitDir: string,
  oids: readonly string[],
  sink: BlobSink,
  signal?: AbortSignal,
): Promise<void> {
  // A damaged object can end git. The rest is then asked of another one.
  for (let from = 0; from < oids.length; ) from = await readUntilFailure(gitDir, oids, from, sink, signal);
}

/** Returns the index to go on from: the end, or behind the blob that git died of. */
async function readUntilFailure(
  gitDir: string,
  oids: readonly string[],
  from: number,
  sink: BlobSink,
  signal: AbortSignal | undefined,
): Promise<number> {
  signal?.throwIfAborted();
  const process = startGit(["cat-file", "--batch", "--buffer"], objectsOf(gitDir));
  const said: Buffer[] = [];
  process.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  // Git may die before it has read all.
  process.stdin.on("error", () => {});
  process.stdin.end(
    oids
      .slice(from)
      .map((oid) => `${oid}\n`)
      .join(""),
  );
  const closed = whenClosed(process);
  const parser = createBatchParser(from, sink);
  const abandon = () => endGit(process);
  signal?.addEventListener("abort", abandon, { once: true });
  try {
    for await (const chunk of process.stdout) {
      signal?.throwIfAborted();
      parser.push(chunk as Buffer);
    }
    signal?.throwIfAborted();
    await closed;
  } catch (error) {
    endGit(process);
    closed.catch(() => {});
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", abandon);
  }
  if (parser.next === oids.length) return parser.next;
  sink.fail(parser.next, Buffer.concat(said).toString().trim().split("\n").at(-1) || "git ended");
  return parser.next + 1;
}

/** Rejects when git cannot be started. */
async function whenClosed(process: GitProcess): Promise<void> {
  await once(process, "close");
}

/** Format: git-cat-file(1), "Batch output": "<object> <type> <size>\n<bytes>\n", or "<object> missing\n". */
function createBatchParser(from: number, sink: BlobSink) {
  let next = from;
  let header = "";
  /** Bytes of the content that are still to come, the line end behind it not counted; null while in a header. */
  let open: number | null = null;
  let isWanted = true;

  function pushHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(0x0a);
    header += chunk.toString("latin1", 0, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.subarray(chunk.length);
    const [, type, size] = header.split(" ");
    header = "";
    if (size === undefined) sink.fail(next++, "");
    else {
      open = Number(size);
      isWanted = type === "blob";
      if (isWanted) sink.begin(next, open);
    }
    return chunk.subarray(end + 1);
  }

  function pushContent(chunk: Buffer, length: number): Buffer {
    const part = chunk.subarray(0, length);
    if (isWanted && part.length > 0) sink.bytes(part);
    open = length - part.length;
    // What is left is the line end behind the content.
    const rest = chunk.subarray(part.length);
    if (open > 0 || rest.length === 0) return rest;
    open = null;
    if (isWanted) sink.end(next++);
    else sink.fail(next++, "it is not a file");
    return rest.subarray(1);
  }

  return {
    get next() {
      return next;
    },
    push(chunk: Buffer): void {
      for (let rest = chunk; rest.length > 0; ) rest = open === null ? pushHeader(rest) : pushContent(rest, open);
    },
  };
}
