/** Git with much going in or coming out: read as it comes, fed as it reads. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { endGit, GitError, type GitOptions, startGit } from "../snapshot/git";

type Source = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What git writes, as it comes. Throws GitError at the end when git fails. Git is ended when nobody reads on. */
export async function* readGit(args: readonly string[], options: GitOptions): AsyncGenerator<Buffer> {
  const child = startGit(args, options);
  const ended = outcome(child, args);
  child.stdin.on("error", () => {}).end(options.input);
  let isWhole = false;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      options.signal?.throwIfAborted();
      yield chunk;
    }
    isWhole = true;
  } finally {
    if (!isWhole) endGit(child);
  }
  await ended();
}

/** Lets git read `source`. Throws GitError when git fails, else what `source` throws. */
export async function feedGit(args: readonly string[], options: GitOptions, source: Source): Promise<void> {
  const child = startGit(args, options);
  const ended = outcome(child, args);
  child.stdout.resume();
  try {
    await pipeline(Readable.from(source, { objectMode: false }), child.stdin, { signal: options.signal });
  } catch (error) {
    // That git reads no further is told better by how it ends.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE" && !isPremature(error)) {
      endGit(child);
      throw error;
    }
  }
  await ended();
}

const isPremature = (error: unknown) => (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";

/** Begins to listen how git ends; the result waits for it. */
function outcome(child: ReturnType<typeof startGit>, args: readonly string[]): () => Promise<void> {
  const stderr: Buffer[] = [];
  let startError: string | undefined;
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.on("error", (error: NodeJS.ErrnoException) => {
    startError = error.code ?? error.message;
  });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  return async () => {
    const code = await closed;
    if (code === 0 && !startError) return;
    const said = Buffer.concat(stderr).toString();
    throw new GitError(args, startError ? null : code, Buffer.alloc(0), said, startError);
  };
}
