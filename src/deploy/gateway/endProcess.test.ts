import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { hostToken, isAlive, processIdentity } from "../../store/process";
import { endProcess } from "./endProcess";

/** A process that leads a group, and says again what it is told. */
async function echo(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", "process.stdin.pipe(process.stdout)"], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await answers(child);
  return child;
}

async function answers(child: ChildProcess): Promise<string> {
  const answer = once(child.stdout!, "data");
  child.stdin!.write("here");
  const gone = once(child, "exit").then(() => ["gone"]);
  return String((await Promise.race([answer, gone]))[0]);
}

test("who has the number of a process of another start of the machine, another machine or an earlier time is left alone", async () => {
  const child = await echo();
  const identity = processIdentity(child.pid!);
  const [machine, boot, space] = hostToken().split("/");
  const others = [
    { ...identity, host: `${machine}/another-boot/${space}` },
    { ...identity, host: "another-machine/another-boot/1" },
    { ...identity, host: `${machine}/${boot}/1${space}` },
    { ...identity, startToken: "1" },
  ];
  for (const other of others) {
    expect(await endProcess(other, 1_000)).toBe(true);
    expect(await endProcess(other, 0)).toBe(true);
  }
  expect(await answers(child)).toBe("here");
  expect(await endProcess(identity, 5_000)).toBe(true);
  expect(isAlive(identity)).toBe(false);
});
