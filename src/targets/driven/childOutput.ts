/** What a program prints, as it comes. */
import { spawn } from "node:child_process";
import { HostUnreachable } from "../host/contract";

/** As much of what a program says is told. */
const MAX_SAID = 500;

export interface Places {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Throws HostUnreachable, with what it said last, when it fails. Who stops listening ends it. */
export async function* childOutput(
  [program, ...words]: readonly string[],
  places: Places,
  { signal, input }: { signal: AbortSignal; input?: string },
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const detached = process.platform !== "win32";
  const child = spawn(program!, words, { ...places, detached, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
  let said = "";
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-MAX_SAID);
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : said.trim() || `exit code ${code}`));
  });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    const failure = await ended;
    signal.throwIfAborted();
    if (failure !== null) throw new HostUnreachable(`${program} ended: ${failure}`);
  } finally {
    signal.removeEventListener("abort", stop);
    child.kill();
  }
}
