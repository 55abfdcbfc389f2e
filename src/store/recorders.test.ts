import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ProcessIdentity, RunningRun } from "./contract";
import { holdLifeLock, isLifeLockHeld } from "./lifeLock";
import { hostToken, processIdentity } from "./process";
import { useTestProgram } from "./testProgram";
import { newRun, tempFolder, tempStore } from "./testStore";

const program = useTestProgram();

const END = { status: "finished", exitCode: 0, signal: null, endTime: 2 } as const;

/** The same recorder as another container on this machine sees it: its number means nothing there. */
function fromElsewhere(run: RunningRun): RunningRun {
  const [machine, boot] = run.recorder.host.split("/");
  return { ...run, recorder: { ...run.recorder, pid: 1, host: `${machine}-2/${boot}/another` } };
}

/** Without a boot id (Windows) containers cannot be told apart, and need not be. */
const noBoot = hostToken().split("/")[1] === "";

test.skipIf(noBoot)("a recorder in another container is seen to live for as long as it does", async () => {
  const root = tempFolder();
  const child = spawn(process.execPath, [program(), "write", root, "100000000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const store = tempStore(root);
  const run = store.running()[0]!;
  expect(store.recorderState(run)).toBe("alive");
  expect(store.recorderState(fromElsewhere(run))).toBe("alive");
  child.stdout.resume();
  child.kill("SIGKILL");
  await once(child, "close");
  expect(store.recorderState(run)).toBe("dead");
  expect(store.recorderState(fromElsewhere(run))).toBe("dead");
});

test.skipIf(noBoot)("the lock is held from before the run is seen until it has ended, and leaves nothing", () => {
  const root = tempFolder();
  const store = tempStore(root);
  const id = store.createRun(newRun({ recorder: processIdentity() }));
  const other = tempStore(root);
  const run = fromElsewhere(other.running()[0]!);
  expect(other.recorderState(run)).toBe("alive");
  store.endRun(id, END);
  expect(existsSync(join(store.runFolder(id), "recorder.lock"))).toBe(false);
  expect(other.recorderState(run)).toBe("unknown");
});

test.skipIf(noBoot)("who takes a run over holds its lock; who closes the store lets go", () => {
  const root = tempFolder();
  const store = tempStore(root);
  const id = store.createRun(newRun());
  const run = fromElsewhere(store.running()[0]!);
  expect(store.recorderState(run)).toBe("unknown");
  const me: ProcessIdentity = processIdentity();
  expect(store.claimRun(id, { ...me, pid: 3 }, me)).toBe(false);
  expect(store.recorderState(run)).toBe("unknown");
  expect(store.claimRun(id, newRun().recorder, me)).toBe(true);
  expect(store.recorderState(run)).toBe("alive");
  store.close();
  expect(tempStore(root).recorderState(run)).toBe("unknown");
});

test("a recorder on another machine is unknown, lock or not", () => {
  const store = tempStore();
  const recorder = { pid: 1, startToken: "s", host: "elsewhere/boot/1" };
  store.createRun(newRun({ recorder }));
  const run = store.running(true)[0]!;
  const release = holdLifeLock(store.runFolder(run.id))!;
  expect(store.recorderState(run)).toBe("unknown");
  release();
});

test("one holds the lock at a time", () => {
  const folder = tempFolder();
  expect(isLifeLockHeld(folder)).toBeNull();
  const release = holdLifeLock(folder)!;
  expect(isLifeLockHeld(folder)).toBe(true);
  expect(holdLifeLock(folder)).toBeNull();
  release();
  const again = holdLifeLock(folder)!;
  expect(again).not.toBeNull();
  again();
});
