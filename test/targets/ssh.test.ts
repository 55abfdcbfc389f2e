import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { TargetOf } from "../../src/domain/targets";
import type { JobHandle, Target } from "../../src/targets/contract";
import { makeSshTarget } from "../../src/targets/ssh/sshTarget";
import {
  counted,
  counting,
  follow,
  makeJob,
  mountSmallDisk,
  submit,
  type TestJob,
  unmount,
  until,
} from "./fixtures/job";
import { makeKey, type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

// A limit only ends what hangs: machines that build and test at the same time take their time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** Longer than it takes until ssh, and we, take a silent connection as broken. */
const CUT_SECONDS = Number(process.env.MODELTRAIL_TEST_CUT_SECONDS ?? 22);
const never = new AbortController().signal;

function targetAt(sshd: Sshd, settings: Partial<TargetOf<"ssh">> = {}): Target {
  const context = { root: sshd.folder, env: sshd.env };
  return makeSshTarget("box", { kind: "ssh", host: sshd.alias, sshConfig: sshd.config, ...settings }, context);
}

describe.skipIf(!sshdProgram)("jobs on a machine behind ssh", () => {
  let sshd: Sshd;
  const jobs: TestJob[] = [];
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(() => {
    for (const job of jobs.splice(0)) {
      expect(job.processes()).toEqual([]);
      job.remove();
    }
  });
  afterAll(() => sshd.stop());

  function job(...args: Parameters<typeof makeJob>): TestJob {
    const made = makeJob(...args);
    jobs.push(made);
    return made;
  }
  const foldersOfJobs = () => {
    const folder = path.join(sshd.home, ".modeltrail/jobs");
    return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  };

  test("brings output, exit code, the tracer's word and files home, and leaves nothing there", async () => {
    const one = job(
      'import os, sys\nprint("hé", os.getcwd() != os.environ["HOME"], os.environ["GREETING"])\nopen("data/new file.txt", "w").write(open("data/in.txt").read() * 2)\nsys.exit(3)\n',
      {},
      { "data/in.txt": "x" },
    );
    const target = targetAt(sshd, { env: { GREETING: "hello" } });
    const { handle, problems } = await submit(target, one);
    expect(problems).toEqual([]);
    const { end } = await follow(target, one, handle);
    expect(end).toMatchObject({ state: "ended", exitCode: 3, signal: null, reason: null });
    expect(one.log()).toBe("hé True hello\n");
    const spool = readdirSync(one.plan.spool).map((name) => readFileSync(path.join(one.plan.spool, name), "utf8"));
    expect(spool.join("")).toContain('"e":"start"');
    expect(await target.collect(one.plan, handle, never)).toEqual([]);
    expect(one.file("data/new file.txt")).toBe("xx");
    await target.clean(one.plan, handle, never);
    expect(foldersOfJobs()).toEqual([]);
  });

  test("goes on through a link that is cut without a word", async () => {
    const lines = (CUT_SECONDS + 10) * 5;
    const one = job(counting(lines, 0.2));
    const target = targetAt(sshd);
    const { handle } = await submit(target, one);
    const following = follow(target, one, handle);
    await until(() => one.log().includes("line 5\n"), "the job prints");
    sshd.link.cut("silent");
    await wait(CUT_SECONDS * 1000);
    const during = one.log();
    sshd.link.restore();
    const { end, lost } = await following;
    expect(end).toMatchObject({ state: "ended", exitCode: 0 });
    // The link was really cut while it printed, and that was said, once.
    expect(during.split("\n").length).toBeLessThan(lines / 2);
    expect(lost).toEqual([expect.any(String), null]);
    expect(one.log()).toBe(counted(lines));
    await target.clean(one.plan, handle, never);
  });

  test("goes on when connections are reset and refused for a while", async () => {
    const one = job(counting(40, 0.1));
    const target = targetAt(sshd);
    const { handle } = await submit(target, one);
    const following = follow(target, one, handle);
    for (const line of [5, 15]) {
      await until(() => one.log().includes(`line ${line}\n`), "the job prints");
      sshd.link.cut("refuse");
      await wait(700);
      sshd.link.restore();
    }
    expect((await following).end).toMatchObject({ state: "ended", exitCode: 0 });
    expect(one.log()).toBe(counted(40));
    await target.clean(one.plan, handle, never);
  });

  test("is followed on by another that takes over in the middle", async () => {
    const one = job(counting(30, 0.1));
    const { handle } = await submit(targetAt(sshd), one);
    const stop = new AbortController();
    const first = follow(targetAt(sshd), one, handle, stop.signal);
    await until(() => one.log().includes("line 7\n"), "the job prints");
    stop.abort(new Error("closed"));
    await expect(first).rejects.toThrow("closed");
    await follow(targetAt(sshd), one, handle);
    expect(one.log()).toBe(counted(30));
    // And once more, when all is over.
    expect((await follow(targetAt(sshd), one, handle)).end).toMatchObject({ exitCode: 0 });
    expect(one.log()).toBe(counted(30));
    await targetAt(sshd).clean(one.plan, handle, never);
  });

  test("is gone, with what there was, when the machine was started anew", async () => {
    const one = job(`open("early.txt", "w").write("kept")\n${counting(600, 0.1)}`);
    const target = targetAt(sshd);
    const { handle } = await submit(target, one);
    const following = follow(target, one, handle);
    await until(() => one.log().includes("line 3\n"), "the job prints");
    sshd.link.cut("refuse");
    // The agent first, so that it cannot tell of the end of its command.
    const agent = JSON.parse(readFileSync(path.join(String(handle.folder), "agent.json"), "utf8")) as { pid: number };
    process.kill(agent.pid, "SIGKILL");
    for (const pid of one.processes()) process.kill(Number(pid), "SIGKILL");
    sshd.link.restore();
    const { end } = await following;
    expect(end).toMatchObject({ state: "gone" });
    expect(one.log()).toContain("line 0\nline 1\nline 2\nline 3\n");
    await target.collect(one.plan, handle, never);
    expect(one.file("early.txt")).toBe("kept");
    await target.clean(one.plan, handle, never);
  });

  test("is cancelled in each of its phases, and nothing of it is left", async () => {
    const target = targetAt(sshd);
    // A session of its own, that takes no notice of signals.
    const stubborn = `import os, signal, subprocess, sys
for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
${counting(600, 0.1)}`;
    const phases: Record<string, [program: string, reach: (one: TestJob) => Promise<void>]> = {
      "right after it was handed over": [counting(600, 0.1), async () => {}],
      "while it runs": [stubborn, (one) => until(() => one.log().includes("line 3\n"), "the job prints")],
    };
    for (const [phase, [program, reach]] of Object.entries(phases)) {
      const one = job(program);
      const { handle } = await submit(target, one);
      const following = follow(target, one, handle);
      await reach(one);
      await target.cancel(one.plan, handle, never);
      expect(one.processes(), phase).toEqual([]);
      expect((await following).end, phase).toMatchObject({ state: "ended", reason: "cancelled" });
      // When it is over, there is nothing to do.
      await target.cancel(one.plan, handle, never);
      await target.clean(one.plan, handle, never);
    }
    const early = job(stubborn);
    const stop = new AbortController();
    let kept: JobHandle = {};
    const submitting = target.submit(early.plan, {
      keep(handle) {
        kept = handle;
        stop.abort(new Error("no more"));
      },
      onProgress() {},
      signal: stop.signal,
    });
    await expect(submitting).rejects.toThrow("no more");
    await target.cancel(early.plan, kept, never);
    await target.clean(early.plan, kept, never);
    expect(foldersOfJobs()).toEqual([]);
  });

  test("a full disk there is told, before the start and during the run", async () => {
    const folder = path.join(sshd.folder, "small disk");
    if (!mountSmallDisk(folder, "80M")) return;
    try {
      const target = targetAt(sshd, { folder });
      const big = job("", {}, { "data.bin": Buffer.alloc(100_000_000) });
      const problems = await target.check(big.plan, never);
      expect(problems).toMatchObject([{ severity: "error", message: expect.stringContaining("The disk of") }]);
      const writing = job(
        'import sys\ntry:\n    open("big", "wb").write(bytes(200_000_000))\nexcept OSError as error:\n    print(error.strerror)\nprint("after", "x" * 100)\nsys.exit(4)\n',
      );
      const { handle } = await submit(target, writing);
      expect((await follow(target, writing, handle)).end).toMatchObject({ state: "ended", exitCode: 4 });
      await target.clean(writing.plan, handle, never);
    } finally {
      unmount(folder);
    }
  });

  test("makes a virtual environment there of what the project lists", async () => {
    const wheels = makeWheel(path.join(sshd.folder, "wheels"));
    const list = `--no-index\n--find-links ${wheels}\ngreeter==1.2\n`;
    const target = targetAt(sshd, { venv: "snapshot" });
    const lines: string[] = [];
    for (const round of [1, 2]) {
      const one = job("import greeter, sys\nprint(greeter.WORD, sys.prefix)\n", {}, { "requirements.txt": list });
      const onProgress = (line: string) => lines.push(line);
      const handle = await target.submit(one.plan, { keep() {}, onProgress, signal: never });
      expect((await follow(target, one, handle)).end, String(round)).toMatchObject({ exitCode: 0 });
      expect(one.log()).toMatch(new RegExp(`^servus ${sshd.home}/.modeltrail/environments/\\w+\n$`));
      await target.clean(one.plan, handle, never);
    }
    expect(lines.filter((line) => line.startsWith("Making an environment with Python"))).toHaveLength(1);
    const missing = job("", {}, { "requirements.txt": "--no-index\nno-such-package==9\n" });
    await expect(submit(target, missing)).rejects.toThrow("no-such-package==9 could not be installed");
  });
});

/** A package without code but for a word. */
function makeWheel(folder: string): string {
  const program = `
import os, sys, zipfile
os.makedirs(sys.argv[1])
with zipfile.ZipFile(os.path.join(sys.argv[1], "greeter-1.2-py3-none-any.whl"), "w") as wheel:
    wheel.writestr("greeter.py", "WORD = 'servus'\\n")
    wheel.writestr("greeter-1.2.dist-info/METADATA", "Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.2\\n")
    wheel.writestr("greeter-1.2.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("greeter-1.2.dist-info/RECORD", "greeter.py,,\\ngreeter-1.2.dist-info/METADATA,,\\ngreeter-1.2.dist-info/WHEEL,,\\ngreeter-1.2.dist-info/RECORD,,\\n")
`;
  execFileSync("python3", ["-c", program, folder]);
  return folder;
}

describe.skipIf(!sshdProgram)("a machine that says no", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  async function problem(target = targetAt(sshd)): Promise<string> {
    const one = makeJob("");
    try {
      const [first] = await target.check(one.plan, never);
      expect(first?.severity).toBe("error");
      return first!.message;
    } finally {
      one.remove();
    }
  }

  test("has no host key that is known, or another one", async () => {
    const known = readFileSync(sshd.knownHosts, "utf8");
    writeFileSync(sshd.knownHosts, "");
    expect(await problem()).toContain("The host key of box is not known yet. Connect once in a terminal");
    const other = path.join(sshd.folder, "other");
    makeKey(other);
    const [type, key] = execFileSync("ssh-keygen", ["-y", "-f", other], { encoding: "utf8" }).split(" ");
    writeFileSync(sshd.knownHosts, `[127.0.0.1]:${sshd.link.port} ${type} ${key}\n`);
    expect(await problem()).toContain("The host key of box is not the one that is known");
    // Nobody was let in meanwhile, and no key was noted down.
    expect(readFileSync(sshd.knownHosts, "utf8")).toBe(`[127.0.0.1]:${sshd.link.port} ${type} ${key}\n`);
    writeFileSync(sshd.knownHosts, known);
  });

  test("wants a password, which nobody is asked for", async () => {
    const keys = path.join(sshd.folder, "authorized_keys");
    const before = readFileSync(keys);
    writeFileSync(keys, "");
    expect(await problem()).toContain("accepts none of your keys, and no password is ever asked for");
    writeFileSync(keys, before);
  });

  test("has another time, which is said", async () => {
    const python = path.join(sshd.folder, "late python");
    const late = "import time; now = time.time; time.time = lambda: now() - 7200";
    writeFileSync(python, `#!/bin/sh\nshift; program=$1; shift\nexec python3 -c "${late}\n$program" "$@"\n`, {
      mode: 0o755,
    });
    const one = makeJob("");
    expect(await targetAt(sshd, { python }).check(one.plan, never)).toMatchObject([
      { severity: "warning", message: expect.stringMatching(/^The clock of box is .* behind the one here/) },
    ]);
    one.remove();
  });

  test("is not there, or has no such name or Python", async () => {
    expect(await problem(targetAt(sshd, { python: "/no/such/python" }))).toContain("/no/such/python could not be run");
    expect(() => targetAt(sshd, { host: "-oProxyCommand=x" })).toThrow("is no host for ssh");
    expect(() => targetAt(sshd, { python: "a", conda: "b" })).toThrow("one of");
    expect(await problem(targetAt(sshd, { host: "no-such-host.invalid" }))).toContain("is not known");
    const gone = await startSshd({ alias: "gone" });
    await gone.stop();
    const context = { root: sshd.folder, env: sshd.env };
    const config = path.join(sshd.folder, "gone");
    writeFileSync(config, `Host gone\n  HostName 127.0.0.1\n  Port ${gone.link.port}\n`);
    const target = makeSshTarget("gone", { kind: "ssh", host: "gone", sshConfig: config }, context);
    expect(await problem(target)).toContain("gone cannot be reached");
  });
});

describe.skipIf(!sshdProgram)("login shells that are no POSIX shell", () => {
  for (const shell of ["fish", "tcsh"]) {
    const here = ["/usr/bin", "/bin"].some((folder) => existsSync(path.join(folder, shell)));
    if (!here) console.warn(`No ${shell} (Debian: ${shell}): its test is left out.`);
    test.skipIf(!here)(shell, async () => {
      const sshd = await startSshd({ shell: `${shell} -c "$SSH_ORIGINAL_COMMAND"` });
      try {
        const one = makeJob("import sys\nprint(sys.argv[1:])\n");
        const words = ["a b", "it's", "!x $HOME", "new\nline", "\\", "é"];
        const plan = { ...one.plan, command: ["python3", "train.py", ...words] };
        const target = targetAt(sshd);
        const { handle } = await submit(target, { ...one, plan });
        await follow(target, one, handle);
        const list = execFileSync("python3", ["-c", "import sys; print(sys.argv[1:])", ...words], { encoding: "utf8" });
        expect(one.log()).toBe(list);
        await target.clean(plan, handle, never);
        one.remove();
      } finally {
        await sshd.stop();
      }
    });
  }
});
