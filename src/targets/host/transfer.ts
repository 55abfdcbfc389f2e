/** Files to and from a machine that has Python but no rsync: sizes and times are compared there, then hashes, and only what differs is sent. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { UserError } from "../../domain/errors";
import { fsPath } from "../../ingest/spoolPath";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { Host, PushOptions } from "./contract";
import { cannotWrite } from "./full";
import { createIncoming, type Incoming, type Line } from "./incoming";
import { inHome } from "./inHome";
import { type Entry, entriesAt, entriesBelow, entryAt, notBehindLinks } from "./localFolder";

/** See python/host/transfer.py, which is the other side, for what is said. */
export async function pushByDifference(
  host: Host,
  python: string,
  local: string,
  remote: string,
  { files, basis, signal, onProgress }: PushOptions,
): Promise<void> {
  const entries = files ? await entriesAt(local, files) : await entriesBelow(local);
  const incoming = createIncoming(local);
  await converse(host, python, ["receive", remote, ...(basis === undefined ? [] : [basis])], incoming, talk(), signal);

  async function* talk(): AsyncGenerator<string | Buffer> {
    yield `${entries.map(describe).join("")}\n`;
    let sent = 0;
    for (const [index = 0, sha256] of await incoming.list()) {
      const { path: file } = entries[index as number]!;
      const full = fsPath(path.join(local, file));
      if (sha256 !== undefined && (await hashOf(full)) === sha256) {
        yield line(index, true);
        continue;
      }
      yield line(index);
      for await (const piece of createReadStream(full, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
        yield `${piece.length}\n`;
        yield piece;
        sent += piece.length;
        onProgress?.(sent);
      }
      yield "0\n";
    }
    yield "\n";
    await incoming.list();
  }
}

export async function pullByDifference(
  host: Host,
  python: string,
  remote: string,
  local: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const wanted = await notBehindLinks(local, files);
  const incoming = createIncoming(local, wanted);
  await converse(host, python, ["send", remote], incoming, talk(), signal);

  async function* talk(): AsyncGenerator<string> {
    for (const file of wanted) {
      const here = await entryAt(local, file);
      yield here?.kind === "file" ? line(file, here.size, here.mtimeNs) : line(file, null, null);
    }
    yield "\n";
    for (const [index = 0] of await incoming.list()) {
      yield line(index, await hashOf(fsPath(path.join(local, wanted[index as number]!))));
    }
    incoming.expectFiles();
    yield "\n";
    await incoming.list();
  }
}

const PIECE = 1 << 18;

const describe = ({ path, kind, size, mtimeNs, mode, to }: Entry) => line(path, kind, size, mtimeNs, mode, to ?? null);

/** JSON that may hold a whole number of nanoseconds. */
function line(...values: (Line[number] | bigint)[]): string {
  return `[${values.map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value))).join(",")}]\n`;
}

async function hashOf(file: string | Buffer): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}

async function converse(
  host: Host,
  python: string,
  args: readonly string[],
  incoming: Incoming,
  talk: AsyncGenerator<string | Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const program = readFileSync(path.join(pythonFolder("host"), "transfer.py"), "utf8");
  const input = Readable.from(talk, { objectMode: false });
  let fault: unknown;
  input.on("error", (error) => {
    fault = error;
  });
  try {
    const { exitCode, stderr } = await host.exec(inHome([python, "-c", program, ...args]), {
      input,
      onOutput: incoming.write,
      signal,
    });
    const said = incoming.error() ?? (exitCode === 0 ? undefined : stderr.trim().split("\n").at(-1));
    if (said !== undefined) throw explain(host, python, args[1]!, said, exitCode);
    if (fault) throw fault;
  } finally {
    incoming.end();
  }
}

function explain(host: Host, python: string, folder: string, said: string, exitCode: number): Error {
  if (exitCode === 127)
    return new UserError(`${host.name} has no ${python}. Set \`python\` of the target to a Python 3.8 or newer there.`);
  return (
    cannotWrite(host.name, folder, said) ??
    new UserError(`Files could not be copied between here and ${host.name}: ${said}`)
  );
}
