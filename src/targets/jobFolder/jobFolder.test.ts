import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { createLocalHost } from "../host/local";
import { agentPid, processesOf, python, type TestJob, testJob, until, useTestJobs } from "./testJob";

const { make } = useTestJobs();

const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
const SLEEP = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n";
const ready = (job: TestJob) => until(() => existsSync(job.plan.logPath) && job.log().includes("ready\n"));

test("a job's output, spool, environment and files come home", async () => {
  const job = make(
    `
import os, sys
print("out")
print("err", file=sys.stderr)
print(open("data/in.csv").read(), os.environ["FLAVOUR"], os.getcwd() == os.environ["MODELTRAIL_ROOT"] + "/sub")
os.makedirs("made/deep"); open("made/deep/out.bin", "wb").write(bytes(range(256)))
open("old.txt", "w").write("changed")
os.remove("gone.txt")
os.symlink("old.txt", "link")
os.symlink("/etc/passwd", "outside")
`,
    {
      ...{
        command: ["/no/such/place/python3.11", "../train.py"],
        cwd: "sub",
        env: { FLAVOUR: "lemon", OMP_NUM_THREADS: "3" },
      },
      files: { "sub/data/in.csv": "1,2", "sub/old.txt": "old", "sub/gone.txt": "x", "sub/same.txt": "same" },
    },
  );
  await job.submit();
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0, signal: null, reason: null });
  expect(job.log().toString()).toBe("out\nerr\n1,2 lemon True\n");

  const [first] = job.events("host");
  expect(first.root).toBe(path.join(String(job.handle.folder), "work"));
  expect(first.environment.variables).toMatchObject({ OMP_NUM_THREADS: "3" });
  const last = job.events("host").at(-1);
  expect(last.environment).toMatchObject({ python: expect.stringMatching(/^3\./), implementation: "cpython" });
  expect(last.environment.cores).toBeGreaterThan(0);
  expect(job.events("start")).toHaveLength(1);
  const told = Object.fromEntries(job.events("file").map((file) => [path.relative(first.root, file.path), file]));
  expect(told["sub/data/in.csv"]).toMatchObject({ mode: "r", sha256: sha256("1,2"), size: 3 });
  expect(told["sub/old.txt"]).toMatchObject({ mode: "w", sha256: sha256("changed"), size: 7 });
  expect(told["sub/same.txt"]).toBeUndefined();

  const problems = await job.collect();
  expect(problems.map(({ message }) => message)).toEqual([
    "The link sub/outside was not brought home: it leads out of the project, to /etc/passwd.",
  ]);
  expect(job.staged("sub/old.txt")).toBe("changed");
  expect(job.staged("sub/link")).toBe("changed");
  expect([...readFileSync(path.join(job.plan.stage, "sub/made/deep/out.bin"))]).toEqual([...Array(256).keys()]);
  expect(existsSync(path.join(job.plan.stage, "sub/gone.txt"))).toBe(false);
  await job.clean();
  expect(existsSync(String(job.handle.folder))).toBe(false);
  expect(await job.collect().catch(() => "no")).toEqual([]);
});

test("a command that cannot be started ends as in a shell", async () => {
  const missing = make(["no-such-program", "x"]);
  expect(await missing.run()).toMatchObject({ state: "ended", exitCode: 127 });
  expect(missing.log().toString()).toBe("no-such-program: command not found\n");
  const closed = make(["./tool"], { files: { tool: "#!/bin/sh\n" } });
  expect(await closed.run()).toMatchObject({ state: "ended", exitCode: 126 });
  const killed = make("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)");
  expect(await killed.run()).toMatchObject({ state: "ended", exitCode: null, signal: "SIGTERM" });
});

test("an environment is activated, and one that is not there is said and not passed over", async () => {
  const job = make(
    "import os, sys\nprint(os.environ['VIRTUAL_ENV'] == sys.prefix, os.environ['PATH'].split(':')[0] == sys.prefix + '/bin')",
  );
  const prefix = path.join(job.root, "venv");
  execFileSync(python, ["-m", "venv", "--without-pip", prefix]);
  await job.submit({ activate: { kind: "venv", path: prefix } });
  expect(await job.follow()).toMatchObject({ exitCode: 0 });
  expect(job.log().toString()).toBe("True True\n");
  const missing = make("print('started')");
  await missing.submit({ activate: { kind: "venv", path: "/no/such/venv" } });
  expect(await missing.follow()).toMatchObject({ state: "ended", exitCode: 127 });
  expect(missing.log().toString()).toBe("/no/such/venv: no virtual environment with a Python that runs\n");
  // As far as it matters here, conda: a program that prints what is to be evaluated.
  const bin = path.join(job.root, "bin");
  mkdirSync(bin);
  writeFileSync(
    path.join(bin, "conda"),
    `#!/bin/sh\n[ "$3" = lab ] || { echo "no such environment: $3" >&2; exit 1; }\necho "export CONDA_PREFIX=/lab/'it is'; echo noise"\n`,
    { mode: 0o755 },
  );
  const host = createLocalHost({ ...process.env, CONDA_EXE: path.join(bin, "conda") });
  const conda = make("import os\nprint(os.environ['CONDA_PREFIX'])", { host });
  await conda.submit({ activate: { kind: "conda", name: "lab" } });
  await conda.follow();
  expect(conda.log().toString()).toBe("/lab/it is\n");
  const other = make("print('started')", { host });
  await other.submit({ activate: { kind: "conda", name: "other" } });
  expect(await other.follow()).toMatchObject({ exitCode: 127 });
  expect(other.log().toString()).toBe("no such environment: other\n");
});

test("handed over twice, it runs once", async () => {
  const job = make("import os, time\nopen('started', 'a').write('x')\ntime.sleep(0.3)");
  await Promise.all([job.submit(), job.submit(), job.submit()]);
  await job.submit();
  await job.follow();
  await job.submit();
  await job.collect();
  expect(job.staged("started")).toBe("x");
  expect(job.events("start")).toHaveLength(1);
});

test("what was sent for an earlier job is not sent again, and changes of one job do not reach another", async () => {
  const sent: string[][] = [];
  const local = createLocalHost();
  const host: typeof local = {
    ...local,
    push(from, to, options) {
      if (!to.includes(".agent-")) sent.push([...(options.files ?? [])].sort());
      return local.push(from, to, options);
    },
  };
  const big = Buffer.alloc(3 << 20, 7);
  const source = "open('data.bin', 'r+b').write(b'mine'); print(open('train.py').read()[:4])";
  const first = make(source, { host, files: { "data.bin": big } });
  const time = new Date(1_700_000_000_000);
  utimesSync(path.join(first.plan.stage, "data.bin"), time, time);
  expect(await first.run()).toMatchObject({ exitCode: 0 });
  expect(sent).toEqual([["data.bin", "train.py"]]);

  const second = make(source, { host, root: first.root, files: { "data.bin": big, "new.txt": "new" } });
  utimesSync(path.join(second.plan.stage, "data.bin"), time, time);
  await second.submit();
  expect(sent).toEqual([["data.bin", "train.py"], ["new.txt"]]);
  await second.follow();
  await second.collect();
  expect(readFileSync(path.join(second.plan.stage, "data.bin")).subarray(0, 6).toString()).toBe("mine\x07\x07");
  expect(second.log().toString()).toBe("open\n");

  // The same size, and another content.
  const third = make(source.replace("mine", "ours"), { host, root: first.root, files: { "data.bin": big } });
  utimesSync(path.join(third.plan.stage, "data.bin"), time, time);
  await third.run();
  expect(sent.at(-1)).toEqual(["train.py"]);
  expect(readFileSync(path.join(third.plan.stage, "data.bin")).subarray(0, 6).toString()).toBe("ours\x07\x07");
  const mirrors = readdirSync(path.join(first.root, "there/.sent"));
  expect(mirrors).toHaveLength(1);
  expect(readFileSync(path.join(first.root, "there/.sent", mirrors[0]!, "data.bin")).equals(big)).toBe(true);
});

test("links and permissions of the stage arrive", async () => {
  const job = make("import os\nos.system('./tool.sh')\nprint(open('link').read())", {
    files: { "tool.sh": "#!/bin/sh\necho ran\n" },
  });
  chmodSync(path.join(job.plan.stage, "tool.sh"), 0o755);
  mkdirSync(path.join(job.plan.stage, "empty"));
  writeFileSync(path.join(job.plan.stage, "text"), "by link");
  symlinkSync("text", path.join(job.plan.stage, "link"));
  expect(await job.run()).toMatchObject({ exitCode: 0 });
  expect(job.log().toString()).toBe("ran\nby link\n");
  expect(statSync(path.join(String(job.handle.folder), "work/empty")).isDirectory()).toBe(true);
});

test("bytes of any kind, at any speed, without a newline", async () => {
  const size = 40 << 20;
  const job = make(`
import sys
block = bytes(range(256)) * 4096
for _ in range(${size} // len(block)):
    sys.stdout.buffer.write(block)
sys.stdout.buffer.write(b"end\\xff\\0")
`);
  expect(await job.run()).toMatchObject({ exitCode: 0 });
  const log = job.log();
  expect(log.length).toBe(size + 5);
  const block = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  expect(log.subarray(size - 256, size).equals(block)).toBe(true);
  expect(log.subarray(0, 256).equals(block)).toBe(true);
  expect(log.subarray(size).toString("latin1")).toBe("end\xff\0");
});

test("names that are not UTF-8 arrive and come back", async () => {
  const job = make(`
import os
open(b"out \\xff\\n.txt", "w").write("odd")
print(os.listdir(b"."))
`);
  expect(await job.run()).toMatchObject({ exitCode: 0 });
  const names = readdirSync(job.plan.stage, { encoding: "buffer" }).map((name) => name.toString("latin1"));
  expect(names).toContain("out \xff\n.txt");
  const [file] = job.events("file").filter(({ mode }) => mode === "w");
  expect(file.path.endsWith("out \udcff\n.txt")).toBe(true);
});

test("what is too large stays, is told, and is not removed", async () => {
  const source = "open('big', 'w').write('x' * 5000); open('small', 'w').write('y')";
  const job = make(source, { target: { fileLimit: 1000 } });
  await job.submit();
  await job.follow();
  const [problem] = await job.collect();
  const there = path.join(String(job.handle.folder), "work/big");
  expect(problem!.message).toContain("big (5.0 kB) is larger than what is brought home. It stays on this machine, as");
  expect(problem!.message).toContain(there);
  await job.clean();
  expect(readFileSync(there, "utf8")).toHaveLength(5000);
  expect(readdirSync(path.dirname(there))).toEqual(["big"]);
  expect(job.staged("small")).toBe("y");
});

test("limits of time and memory end a job, and say so", async () => {
  const late = make(SLEEP, { limits: { seconds: 0.5 } });
  expect(await late.run()).toMatchObject({ state: "ended", reason: "time limit" });
  const fat = make("import time\nx = bytearray(300_000_000)\nprint('ready', flush=True)\ntime.sleep(600)", {
    limits: { memory: 150_000_000 },
  });
  expect(await fat.run()).toMatchObject({ state: "ended", exitCode: null, signal: "SIGKILL", reason: "memory limit" });
});

test("a sample of the tree tells what a child uses", async () => {
  const job = make(`
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; e = time.monotonic() + 1.6\\nwhile time.monotonic() < e: pass"])
`);
  await job.run();
  const [sample] = job.events("sample");
  expect(sample.step).toBe(0);
  expect(sample.values.cpu_percent).toBeGreaterThan(5);
  expect(sample.values.memory_mb).toBeGreaterThan(1);
});

test("what the command left behind ends with it", async () => {
  const job = make(`
import subprocess, os
# Out of reach of groups and of the environment's marks.
subprocess.Popen(["sleep", "600"], start_new_session=True, env={"PATH": os.environ["PATH"]})
print("over")
`);
  expect(await job.run()).toMatchObject({ exitCode: 0 });
  expect(job.log().toString()).toBe("over\n");
  expect(readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && cwdOf(pid) === job.handle.folder)).toEqual([]);
});

function cwdOf(pid: string): string | null {
  try {
    return path.dirname(readlinkSync(`/proc/${pid}/cwd`));
  } catch {
    return null;
  }
}

test("cancelled before its start, it never starts", async () => {
  const job = make("print('started')", { target: { start: async () => ({}) } });
  await job.submit();
  expect(await job.cancel()).toBe(true);
  expect(await job.follow()).toMatchObject({ state: "ended", exitCode: null, reason: "cancelled" });
  const late = testJob("", { root: job.root });
  await late.target.submit(job.plan, { keep() {}, onProgress() {}, signal: new AbortController().signal });
  expect(existsSync(path.join(String(job.handle.folder), "agent.json"))).toBe(false);
  expect(existsSync(job.plan.logPath)).toBe(false);
});

test("cancel ends the whole tree, wherever it has gone", async () => {
  const job = make(`
import subprocess, sys, time, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen(["sleep", "601"], start_new_session=True)
subprocess.Popen(["sh", "-c", "sleep 602 & setsid sleep 603 & exit"])
print("ready", flush=True)
time.sleep(600)
`);
  await job.submit();
  const following = job.follow();
  await ready(job);
  await until(() => processesOf(job).length >= 4);
  expect(await job.cancel()).toBe(true);
  expect(processesOf(job)).toEqual([]);
  expect(await following).toMatchObject({ state: "ended", exitCode: null, reason: "cancelled" });
  expect(job.statuses).toEqual([{ state: "running" }]);
  expect(await job.cancel()).toBe(true);
  await job.clean();
  expect(await job.cancel()).toBe(true);
});

test("cancelled right after it was handed over", async () => {
  for (let i = 0; i < 3; i++) {
    const job = make(SLEEP);
    const submitting = job.submit();
    await until(() => job.handle.folder !== undefined && existsSync(path.join(String(job.handle.folder), "claim")));
    expect(await job.cancel()).toBe(true);
    await submitting;
    expect(processesOf(job)).toEqual([]);
    expect(await job.follow()).toMatchObject({ state: "ended", reason: "cancelled" });
  }
});

test("without its agent a job is gone, with what was there, and leaves no process", async () => {
  const job = make(SLEEP);
  await job.submit();
  const following = job.follow();
  await ready(job);
  process.kill(agentPid(job), "SIGKILL");
  expect(await following).toEqual({ state: "gone", reason: "the process that ran it is gone" });
  expect(job.log().toString()).toBe("ready\n");
  expect(processesOf(job)).toEqual([]);
});

test("a check says what is missing, and leaves nothing there", async () => {
  // That disk has no room for anything.
  const job = make(["no-such-program"], { gpus: 64, files: { x: "y" }, target: { folder: "/proc/nowhere" } });
  const check = (target: TestJob, activate: { kind: "venv"; path: string } | null = null) =>
    target.target.check(target.plan, { activate, signal: new AbortController().signal });
  const said = (await check(job)).map(({ severity, message }) => `${severity}: ${message}`);
  expect(said).toEqual([
    "error: The disk of /proc/nowhere on this machine has 0 B free, and the job needs 1 B. Free space there, or give another `folder`.",
    "error: There is no program no-such-program on this machine. Install it there.",
    expect.stringMatching(/^error: The job wants 64 GPUs, and this machine has \d+\.$/),
  ]);
  const fine = make("print()");
  expect(await check(fine)).toEqual([]);
  expect(existsSync(path.join(fine.root, "there"))).toBe(false);
  expect(await check(fine, { kind: "venv", path: "/no/venv" })).toMatchObject([
    { message: "There is no /no/venv/bin/python on this machine." },
  ]);
  const without = make("print()", { target: { python: "no-python-here" } });
  expect((await check(without))[0]!.message).toMatch(/^no-python-here could not be run on this machine/);
  await expect(without.submit()).rejects.toThrow("There is no no-python-here on this machine");
});
