/** Timing of whole commands, in turn, so that a machine that gets slower gets slower for all of them. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const measurePy = fileURLToPath(new URL("measure.py", import.meta.url));

/**
 * Runs one command to its end.
 * @param {string[]} command
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, stdoutFile?: number, expectCode?: number}} options `stdoutFile`: an open descriptor
 * @returns {Promise<{wall: number, user: number, sys: number, maxrss: number, code: number}>} seconds; maxrss in MiB
 */
export function measure(command, { cwd, env, stdoutFile, expectCode = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn("python3", ["-I", measurePy, ...command], {
      cwd,
      env,
      stdio: ["ignore", stdoutFile ?? "ignore", "pipe", "pipe"],
    });
    let report = "";
    let errors = "";
    child.stdio[3].on("data", (data) => (report += data));
    child.stderr.on("data", (data) => (errors = (errors + data).slice(-4000)));
    child.on("error", reject);
    child.on("close", () => {
      const result = report ? JSON.parse(report) : { code: -1 };
      if (result.code !== expectCode) reject(new Error(`${command.join(" ")} ended with ${result.code}\n${errors}`));
      else resolve(result);
    });
  });
}

/**
 * Runs every contestant `rounds` times in turn (A B C A B C …) after one warm-up of each.
 * @template {string} Name
 * @param {Record<Name, () => Promise<{wall: number, user: number, sys: number, maxrss: number}>>} contestants
 * @returns {Promise<Record<Name, {wall: number[], cpu: number[], maxrss: number[]}>>}
 */
export async function inTurn(contestants, rounds, { warmup = 1 } = {}) {
  const results = {};
  for (const name of Object.keys(contestants)) results[name] = { wall: [], cpu: [], maxrss: [] };
  for (let round = -warmup; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const { wall, user, sys, maxrss } = await run();
      if (round < 0) continue;
      results[name].wall.push(wall);
      results[name].cpu.push(user + sys);
      results[name].maxrss.push(maxrss);
    }
  }
  return results;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** "0.123 s (0.110–0.150)" */
export function seconds(values) {
  return `${median(values).toFixed(3)} s (${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)})`;
}

/** Prints one measured claim: what, the figure, the limit it is held to, and whether it is met. */
export function claim(what, value, limit, { unit = "", atLeast = false } = {}) {
  const met = atLeast ? value >= limit : value <= limit;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  console.log(
    `${met ? "  met " : "  MISSED "} ${what}: ${value.toFixed(digits)}${unit} (${atLeast ? "at least" : "at most"} ${limit}${unit})`,
  );
  return met;
}
