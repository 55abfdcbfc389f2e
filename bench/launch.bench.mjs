/**
 * From the start of a run on a machine behind ssh to its first line of output, beside a bare `ssh host python …`; and here, beside
 * a bare start. The machine is a real sshd on loopback; nothing has to be sent, as with the second run of a project.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { claim, median } from "./lib/measure.mjs";

const cli = process.env.MODELTRAIL_BENCH_CLI ?? fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const rounds = Number(process.env.MODELTRAIL_BENCH_ROUNDS ?? 10);
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-"));
const project = join(scratch, "project");

/** Ms until the first byte on standard output; resolves when the program has ended. */
function firstOutput(command, env) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command[0], command.slice(1), { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
    let first;
    let said = "";
    child.stdout.on("data", () => {
      first ??= performance.now() - start;
    });
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.once("exit", (code) =>
      first === undefined ? reject(new Error(`exit code ${code}: ${said}`)) : resolve(first),
    );
  });
}

async function loadFixture() {
  const outfile = join(scratch, "sshd.mjs");
  const entry = fileURLToPath(new URL("../test/targets/fixtures/sshd.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "warning" });
  return import(pathToFileURL(outfile).href);
}

const { startSshd, sshdProgram } = await loadFixture();
if (!sshdProgram) process.exit(0);
const sshd = await startSshd();
try {
  mkdirSync(project);
  const target = { kind: "ssh", host: sshd.alias, sshConfig: sshd.config };
  writeFileSync(join(project, "modeltrail.yaml"), JSON.stringify({ targets: { box: target } }));
  writeFileSync(join(project, "train.py"), 'print("first", flush=True)\n');
  const script = ["python3", "train.py"];
  const run = [process.execPath, cli, "run"];
  const ways = {
    "bare start here": [script, process.env],
    "recorded here": [[...run, "--", ...script], sshd.env],
    "bare ssh": [["ssh", "-F", sshd.config, sshd.alias, "python3", join(project, "train.py")], sshd.env],
    "recorded over ssh": [[...run, "--target", "box", "--", ...script], sshd.env],
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  // The first of each finds nothing prepared, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, [command, env]] of Object.entries(ways)) {
      const ms = await firstOutput(command, env);
      if (round > 0) times[name].push(ms);
      else console.log(`${name}, for the first time: ${ms.toFixed(0)} ms`);
    }
  }
  console.log(`\nUntil the first line of output, median of ${rounds} rounds`);
  for (const [name, values] of Object.entries(times)) console.log(`${name.padEnd(20)} ${median(values).toFixed(0)} ms`);
  claim("here, beyond the bare start", median(times["recorded here"]) - median(times["bare start here"]), 500, {
    unit: " ms",
  });
  claim("over ssh, to a known host", median(times["recorded over ssh"]), 2_000, { unit: " ms" });
} finally {
  await sshd.stop();
  rmSync(scratch, { recursive: true, force: true });
}
