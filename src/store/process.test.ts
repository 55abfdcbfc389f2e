import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { hostToken, isAlive, processIdentity, processState } from "./process";

test("this process is alive, and is itself", () => {
  const me = processIdentity();
  expect(me.pid).toBe(process.pid);
  expect(processState(me)).toBe("alive");
  expect(processIdentity()).toEqual(me);
});

test("a process that ended is dead, also as the remains that its parent has not collected", async () => {
  // The shell's child ends at once and stays a zombie, since `exec` leaves a parent that never asks for it.
  const parent = spawn("sh", ["-c", "sh -c : & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const child = { ...processIdentity(), pid: Number(line), startToken: "" };
    await expect.poll(() => isAlive(child), { timeout: 5_000 }).toBe(false);
    expect(isAlive(processIdentity(parent.pid))).toBe(true);
  } finally {
    parent.kill("SIGKILL");
  }
  await once(parent, "close");
  expect(isAlive({ ...processIdentity(), pid: parent.pid!, startToken: "" })).toBe(false);
});

test.skipIf(process.platform === "win32")("a later process with the same number is another", () => {
  const me = processIdentity();
  expect(me.startToken).not.toBe("");
  expect(processState({ ...me, startToken: "long ago" })).toBe("dead");
});

test("a process of another machine or container is never called dead, one from before the last start is", () => {
  const [machine, boot, space] = hostToken().split("/") as [string, string, string];
  const gone = { pid: 2 ** 22 + 1, startToken: "x" };
  const stateAt = (...host: string[]) => processState({ ...gone, host: host.join("/") });
  expect(stateAt(machine, boot, space)).toBe("dead");
  expect(stateAt(`${machine}-2`, "other-boot", space)).toBe("unknown");
  expect(stateAt(machine, boot, `${space}9`)).toBe("unknown");
  expect(isAlive({ ...gone, host: `${machine}-2/other-boot/${space}` })).toBe(true);
  if (boot === "") return;
  // The same machine: under another name, as a laptop in another network; and started anew since.
  expect(stateAt(`${machine}-2`, boot, space)).toBe("dead");
  expect(processState({ ...processIdentity(), host: `${machine}-2/${boot}/${space}` })).toBe("alive");
  expect(processState({ ...processIdentity(), host: `${machine}/older/${space}` })).toBe("dead");
});

test.each([0, -1, Number.NaN, 1.5])("%s is no process", (pid) => {
  expect(isAlive({ ...processIdentity(), pid, startToken: "" })).toBe(false);
});
