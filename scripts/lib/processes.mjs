import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Process ids of what {@link run} and {@link start} began and what still lives. */
const living = new Set();

for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  // What stops this script must not leave its children behind: they have process groups of their own.
  process.once(signal, async () => {
    await Promise.all([...living].map((pid) => endGently(pid)));
    process.exit(code);
  });
}

/** Asks a program that was started here to end, waits some seconds for it, then ends its process group. */
async function endGently(pid) {
  tryTo(() => process.kill(pid, "SIGTERM"));
  for (const deadline = Date.now() + 8_000; living.has(pid) && Date.now() < deadline; ) await sleep(50);
  if (process.platform === "win32") killTree(pid);
  else tryTo(() => process.kill(-pid, "SIGKILL"));
}

/**
 * Starts a program in a process group of its own.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options] `stdio` is inherited unless given
 * @returns {import("node:child_process").ChildProcess}
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    ...options,
    detached: process.platform !== "win32",
  });
  if (child.pid) {
    living.add(child.pid);
    child.once("exit", () => living.delete(child.pid));
  }
  return child;
}

/**
 * Runs a program to its end and gives its exit code; 1 when a signal ended it or it could not start.
 * Past `limit` (ms) its whole process tree is killed and the code is 124.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { limit?: number }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { limit, ...options } = {}) {
  return new Promise((resolve) => {
    const child = start(command, args, options);
    const timer =
      limit &&
      setTimeout(() => {
        console.error(
          `${path.basename(command)} took longer than ${Math.round(limit / 60_000)} minutes and was ended.`,
        );
        killTree(child.pid);
        resolve(124);
      }, limit);
    const end = (code) => {
      clearTimeout(timer);
      resolve(code);
    };
    child.once("error", (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      end(1);
    });
    child.once("exit", (code) => end(code ?? 1));
  });
}

/** Like {@link run}, but throws when the program fails. */
export async function runOrThrow(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Error(`${[path.basename(command), ...args].join(" ")} ended with exit code ${code}.`);
}

/** Ends a process, its group and all that descends from it, at once. */
export function killTree(pid) {
  if (process.platform === "win32") {
    tryTo(() => execFileSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" }));
    return;
  }
  const descendants = descendantsOf(pid);
  tryTo(() => process.kill(-pid, "SIGKILL"));
  for (const each of [pid, ...descendants]) tryTo(() => process.kill(each, "SIGKILL"));
}

function descendantsOf(pid) {
  const listing = tryTo(() => execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })) ?? "";
  const pairs = listing
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set([pid]);
  // The set grows while it is walked, until the whole tree is in it.
  for (const parent of found) for (const [child, ppid] of pairs) if (ppid === parent) found.add(child);
  found.delete(pid);
  return [...found];
}

/**
 * Ends the processes that carry `NAME=value` in their environment, also those that left the tree: a recorder outlives its
 * editor on purpose. On Linux only; elsewhere it does nothing.
 */
export async function endCarrying(name, value) {
  if (!existsSync("/proc/self/environ")) return;
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    const carries = environment.split("\0").includes(`${name}=${value}`);
    if (carries && Number(pid) !== process.pid) tryTo(() => process.kill(Number(pid), "SIGKILL"));
  }
}

/** The full path of a program on PATH, or undefined. */
export function onPath(program) {
  const endings = process.platform === "win32" ? (process.env.PATHEXT ?? ".EXE;.CMD").split(";") : [""];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, program + ending);
      if (folder && existsSync(file)) return file;
    }
  }
  return undefined;
}

/** The same, and where daemons are, which an ordinary user's PATH leaves out. */
export function findProgram(program) {
  return onPath(program) ?? [`/usr/sbin/${program}`, `/sbin/${program}`].find((file) => existsSync(file));
}

function tryTo(action) {
  try {
    return action();
  } catch {
    return undefined; // It has ended meanwhile.
  }
}
