import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { Forward } from "./forward";
import { type LogWriter, openLog } from "./log";
import { type Relay, startRelays } from "./relay";

const CLEAN_UP: (() => void)[] = [];
afterEach(() => {
  for (const undo of CLEAN_UP.splice(0).reverse()) undo();
});

interface Stage {
  relays: Relay[];
  out: number;
  error: number;
  logged(): string;
  /** Ends the streams. */
  end(): Promise<unknown>;
}

/** Two FIFOs, whose writing ends are ours too: what is written in one go is in the pipes before the loop looks. */
function stage(forwardOut: Forward, forwardError: Forward): Stage {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-relay-"));
  CLEAN_UP.push(() => rmSync(folder, { recursive: true }));
  const paths = [join(folder, "out"), join(folder, "err")];
  execFileSync("mkfifo", paths);
  const logPath = join(folder, "log");
  const log: LogWriter = openLog(logPath, () => {});
  const sources = paths.map((path) => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const [out, error] = paths.map((path) => openSync(path, constants.O_WRONLY)) as [number, number];
  const forwards = [forwardOut, forwardError];
  const relays = startRelays(
    sources.map((source, i) => ({ source, forward: forwards[i]! })),
    log,
  );
  let isOver = false;
  const end = () => {
    if (!isOver) for (const writer of [out, error]) closeSync(writer);
    isOver = true;
    return Promise.all(relays.map(({ closed }) => closed));
  };
  CLEAN_UP.push(() => {
    void end();
    log.close();
  });
  return { relays, out, error, logged: () => readFileSync(logPath, "utf8"), end };
}

function nextLook(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const atOnce: Forward = () => true;

test.skipIf(process.platform === "win32")("an error is logged after what was printed before it", async () => {
  const { relays, out, error, logged } = stage(atOnce, atOnce);
  const comes = async (text: string) => {
    while (!logged().endsWith(text)) await nextLook();
  };
  let expected = "";
  for (let round = 0; round < 20; round++) {
    // So fast that what follows is let gather, but for a machine that is too slow to see it.
    for (const rapid of [`first ${round}\n`, `second ${round}\n`]) {
      writeSync(out, rapid);
      await comes(rapid);
      expected += rapid;
    }
    writeSync(out, `third ${round}\n`);
    writeSync(error, `error ${round}\n`);
    expected += `third ${round}\nerror ${round}\n`;
    await vi.waitFor(() => expect(logged()).toHaveLength(expected.length), { interval: 1 });
    await vi.waitFor(() => expect(Math.min(...relays.map((relay) => relay.quietFor()))).toBeGreaterThan(4), {
      interval: 1,
    });
  }
  expect(logged()).toBe(expected);
});

test.skipIf(process.platform === "win32")(
  "a slow reader does not change the order, and writers still wait for it",
  async () => {
    const forwarded: string[] = [];
    let goOn = () => {};
    const slow: Forward = (data) => {
      forwarded.push(Buffer.from(data).toString());
      return new Promise<boolean>((resolve) => {
        goOn = () => resolve(true);
      });
    };
    const { out, error, logged, end } = stage(slow, atOnce);
    writeSync(out, "a");
    await vi.waitFor(() => expect(logged()).toBe("a"));
    writeSync(out, "b");
    writeSync(error, "C");
    await vi.waitFor(() => expect(logged()).toBe("abC"));
    // No more than that is taken from who writes, and nothing is forwarded before its turn.
    writeSync(out, "d");
    writeSync(error, "E");
    await vi.waitFor(() => expect(logged()).toBe("abCE"));
    expect(forwarded).toEqual(["a"]);
    goOn();
    await vi.waitFor(() => expect(forwarded).toEqual(["a", "b"]));
    expect(logged()).toBe("abCE");
    goOn();
    await vi.waitFor(() => expect(forwarded).toEqual(["a", "b", "d"]));
    goOn();
    await end();
    expect(logged()).toBe("abCEd");
  },
);

test.skipIf(process.platform === "win32")("what others hold is left in order, and its end is told", async () => {
  const { relays, out, error, logged, end } = stage(atOnce, atOnce);
  writeSync(out, "last ");
  writeSync(error, "words");
  expect(await Promise.all(relays.map((relay) => relay.release()))).toEqual([true, true]);
  expect(logged()).toBe("last words");
  for (const relay of relays) relay.close();
  await end();
});
