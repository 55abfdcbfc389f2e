/** Asks a Python on this machine what it is, as the tracer says it of the one inside a run. */
import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import type { Interpreter } from "./environment";

const TIMEOUT_MS = 20_000;
/** Only `sys`, which no file can stand in for. The texts are separated by NUL, which no path holds. */
const QUESTION = `
import sys
texts = [sys.executable, "%d.%d.%d" % sys.version_info[:3], sys.implementation.name, sys.prefix] + sys.path
sys.stdout.buffer.write("\\0".join(texts).encode("utf-8", "surrogateescape"))
`;

/** Throws when it cannot be started, or does not answer. */
export async function askPython(
  executable: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Interpreter> {
  const { stdout } = await promisify(execFile)(executable, ["-c", QUESTION], {
    // Not in the project, whose modules could be taken for the library's.
    cwd: os.tmpdir(),
    env,
    timeout: TIMEOUT_MS,
    windowsHide: true,
    maxBuffer: 1 << 20,
    signal,
  });
  const [path, version, implementation, prefix, ...folders] = stdout.split("\0");
  return { executable: path!, version: version!, implementation: implementation!, prefix: prefix!, path: folders };
}
