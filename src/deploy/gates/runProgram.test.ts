import { expect, test } from "vitest";
import { isAlive, processIdentity } from "../../store/process";
import { runProgram } from "./runProgram";

const pipes = () => process.getActiveResourcesInfo().filter((name) => name === "PipeWrap").length;

/** Ends at once and leaves a process behind that holds its output and prints its own id. */
const leaves = (detached: boolean) => `
  const { spawn } = require("node:child_process");
  const script = "console.log(process.pid); setTimeout(() => {}, 600_000)";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"], detached: ${detached} });
  child.stdout.once("data", (pid) => { console.log(String(pid)); process.exit(0); });
`;

function run(script: string) {
  const { signal } = new AbortController();
  const options = { cwd: process.cwd(), env: process.env, timeout: 60_000, signal };
  return runProgram([process.execPath, "-e", script], options);
}

test.skipIf(process.platform === "win32")("what a program leaves running is ended with it", async () => {
  const result = await run(leaves(false));
  expect(result).toMatchObject({ exitCode: 0, timedOut: false, startError: null });
  const pid = Number(result.output);
  await expect.poll(() => isAlive(processIdentity(pid)), { timeout: 10_000 }).toBe(false);
});

test("one that has gone its own way does not hold us by the output that it inherited", async () => {
  const before = pipes();
  const result = await run(leaves(true));
  const pid = Number(result.output);
  try {
    expect(process.kill(pid, 0)).toBe(true);
    await expect.poll(pipes).toBe(before);
  } finally {
    process.kill(pid);
  }
});
