/** What recording costs a run, against the bare command and against the peers, as ratios within one run. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { claim, inTurn, measure, median, seconds } from "./lib/measure.mjs";
import { installPeers } from "./lib/peers.mjs";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const recorded = (...command) => [process.execPath, cli, "run", "--", ...command];
const peers = installPeers();
const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-"));
const nothing = ["python3", "-c", "pass"];

try {
  await startUp();
  await cpuTime();
  await manyLines();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** A git repository with `files` small committed files, and what the peers need to run the same command in it. */
function makeRepository(name, files) {
  const root = join(scratch, name);
  mkdirSync(root);
  for (let folder = 0; folder * 100 < files; folder++) {
    mkdirSync(join(root, `part${folder}`));
    for (let i = 0; i < Math.min(100, files - folder * 100); i++) {
      writeFileSync(join(root, `part${folder}`, `module${i}.py`), `VALUE = ${folder * 100 + i}\n`);
    }
  }
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], { cwd: root });
  git("init", "-q");
  writeFileSync(join(root, "MLproject"), 'name: bench\nentry_points:\n  main:\n    command: "python3 -c pass"\n');
  writeFileSync(join(root, "start_run.py"), "import mlflow\n\nwith mlflow.start_run():\n    pass\n");
  writeFileSync(join(root, ".gitignore"), "mlruns\nmlflow.db\n");
  if (peers) {
    execFileSync(join(peers, "dvc"), ["init", "-q"], { cwd: root, env: peerEnvironment() });
    writeFileSync(join(root, "dvc.yaml"), "stages:\n  train:\n    cmd: python3 -c pass\n");
  }
  git("add", "-A");
  git("commit", "-q", "-m", "start");
  return root;
}

function peerEnvironment() {
  return {
    ...process.env,
    PATH: `${peers}:${process.env.PATH}`,
    DVC_NO_ANALYTICS: "1",
    DO_NOT_TRACK: "1",
    MLFLOW_DISABLE_TELEMETRY: "true",
    GIT_AUTHOR_NAME: "bench",
    GIT_AUTHOR_EMAIL: "bench@localhost",
    GIT_COMMITTER_NAME: "bench",
    GIT_COMMITTER_EMAIL: "bench@localhost",
  };
}

async function startUp() {
  console.log("\nStart-up: `python3 -c pass` in a git repository of 5,000 files");
  const cwd = makeRepository("repository", 5000);
  const ours = await inTurn(
    { bare: () => measure(nothing, { cwd }), modeltrail: () => measure(recorded(...nothing), { cwd }) },
    15,
    {
      warmup: 2,
    },
  );
  console.log(`  bare        ${seconds(ours.bare.wall)}`);
  console.log(`  modeltrail  ${seconds(ours.modeltrail.wall)}`);
  const added = median(ours.modeltrail.wall) - median(ours.bare.wall);
  claim("time that recording adds", added, 0.25, { unit: " s" });
  if (!peers) return;

  const env = peerEnvironment();
  const theirs = await inTurn(
    {
      bare: () => measure(nothing, { cwd }),
      modeltrail: () => measure(recorded(...nothing), { cwd }),
      "mlflow run": () => measure([join(peers, "mlflow"), "run", "--env-manager", "local", "."], { cwd, env }),
      "mlflow.start_run": () => measure([join(peers, "python"), "start_run.py"], { cwd, env }),
      "dvc exp run": () => measure([join(peers, "dvc"), "exp", "run", "-q", "-f"], { cwd, env }),
    },
    3,
  );
  const bare = median(theirs.bare.wall);
  const own = median(theirs.modeltrail.wall) - bare;
  for (const peer of ["mlflow run", "mlflow.start_run", "dvc exp run"]) {
    console.log(`  ${peer}  ${seconds(theirs[peer].wall)}`);
    claim(`how many times nearer to bare than ${peer}`, (median(theirs[peer].wall) - bare) / own, 5, { atLeast: true });
  }
}

/**
 * A processor's speed wanders by several percent between runs of the same loop, so what recording costs is taken in two
 * parts: the script's own seconds, by the best of several runs, and all seconds around them (interpreter, recorder, git).
 */
async function cpuTime() {
  console.log("\nCPU time: a CPU-bound script of more than 10 s");
  const cwd = makeRepository("cpu", 100);
  const own = { bare: [], modeltrail: [] };
  const around = { bare: [], modeltrail: [] };
  const ownSeconds = join(scratch, "own-seconds");
  writeFileSync(
    join(cwd, "work.py"),
    `import time\nn = 0\nfor _ in range(240_000_000):\n    n += 1\nopen(${JSON.stringify(ownSeconds)}, "w").write(str(time.process_time()))\n`,
  );
  for (let round = 0; round < 5; round++) {
    for (const [name, command] of Object.entries({
      bare: ["python3", "work.py"],
      modeltrail: recorded("python3", "work.py"),
    })) {
      const { user, sys } = await measure(command, { cwd });
      const seconds = Number(readFileSync(ownSeconds, "utf8"));
      own[name].push(seconds);
      around[name].push(user + sys - seconds);
    }
  }
  console.log(`  bare        ${seconds(own.bare)} in the script, ${seconds(around.bare)} around it`);
  console.log(`  modeltrail  ${seconds(own.modeltrail)} in the script, ${seconds(around.modeltrail)} around it`);
  const least = (values) => Math.min(...values);
  const percent = (added) => (added / least(own.bare)) * 100;
  // Less than nothing is noise.
  const inside = Math.max(0, least(own.modeltrail) - least(own.bare));
  const outside = median(around.modeltrail) - median(around.bare);
  claim("CPU time added to the script itself", percent(inside), 1, { unit: " %" });
  claim("CPU time added by all processes", percent(inside + outside), 1, { unit: " %" });
}

async function manyLines() {
  for (const [what, line] of [
    ["plain", "print('line', i)"],
    ["training", "print(f'step {i} loss={1 / (i + 1):.6f} acc={i / 1e6:.4f}')"],
  ]) {
    console.log(`\nOutput: 1,000,000 ${what} lines`);
    const cwd = makeRepository(`lines-${what}`, 100);
    writeFileSync(join(cwd, "lines.py"), `for i in range(1_000_000):\n    ${line}\n`);
    const toFile = async (command) => {
      const file = openSync(join(scratch, "out"), "w");
      try {
        return await measure(command, { cwd, stdoutFile: file });
      } finally {
        closeSync(file);
      }
    };
    const result = await inTurn(
      {
        // The shell is the peer here: COMMAND | cat > file.
        cat: () => toFile(["sh", "-c", "python3 lines.py | cat"]),
        modeltrail: () => toFile(recorded("python3", "lines.py")),
      },
      5,
    );
    console.log(`  | cat > file  ${seconds(result.cat.wall)}`);
    console.log(`  modeltrail    ${seconds(result.modeltrail.wall)}`);
    claim("wall time against `| cat > file`", median(result.modeltrail.wall) / median(result.cat.wall), 1.3);
    claim("largest process", Math.max(...result.modeltrail.maxrss), 120, { unit: " MiB" });
  }
}
