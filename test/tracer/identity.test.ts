/** The tracer's first promise: a run is the same with it and without it, on every interpreter found here. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { chainCases, type IdentityCase, identityCases } from "./identityCases";
import { findOldPythons, findPythons, type Result, runBare, runTraced, Scratch, tracerFolder } from "./python";

const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Addresses and thread numbers differ from run to run anyway. */
function withoutAddresses(result: Result): Result {
  return { ...result, stdout: result.stdout.replace(/0x[0-9a-f]{6,}|started \d+/g, "…") };
}

const cases = [...identityCases, ...chainCases].filter((one) => !one.posix || process.platform !== "win32");

describe.each(findPythons())("Python $version", (python) => {
  test.each(cases)("$name", async ({ files, argv, env, stdin }: IdentityCase) => {
    const options = { cwd: scratch.project, env, stdin };
    // Once without looking, so that both runs find the byte code compiled.
    scratch.clear();
    scratch.write(files);
    await runBare(python, argv, options);

    scratch.clear();
    scratch.write(files);
    const bare = await runBare(python, argv, options);
    scratch.clear();
    scratch.write(files);
    const traced = await runTraced(python, argv, scratch.spool, options);

    expect(withoutAddresses(traced)).toEqual(withoutAddresses(bare));
    // Python ignores PYTHONPATH under -I and -E, and has no sitecustomize under -S. Else each case was really traced.
    const isolated = ["-I", "-E", "-S"].includes(argv[0]!);
    expect(scratch.events("start").length > 0).toBe(!isolated);
  });

  test.each(["SystemExit(9)", "KeyboardInterrupt"])("a sitecustomize that ends Python: %s", async (end) => {
    scratch.clear();
    scratch.write({ "main.py": "print(1)", "lib/sitecustomize.py": `raise ${end}` });
    const options = { cwd: scratch.project, env: { PYTHONPATH: "lib" } };
    const bare = await runBare(python, ["main.py"], options);
    const traced = await runTraced(python, ["main.py"], scratch.spool, options);
    // Python shows the whole stack, in which our own file cannot be hidden.
    const ours = /.*python.tracer.sitecustomize.py.*\n.*import sitecustomize.*\n( +\^+\n)?/g;
    expect({ ...traced, stderr: traced.stderr.replace(ours, "") }).toEqual(bare);
  });

  test("the sitecustomize of a virtual environment", async () => {
    scratch.clear();
    scratch.write({ "main.py": "import sys; print(sys.modules['sitecustomize'].__file__, sys.prefix, sys.path)" });
    const venv = join(scratch.base, `venv-${python.minor}`);
    execFileSync(python.executable, ["-m", "venv", "--without-pip", venv]);
    const inVenv = { ...python, executable: join(venv, "bin", "python") };
    const folders = "import sysconfig; print(*map(sysconfig.get_paths().get, ('purelib', 'stdlib')), sep='\\n')";
    const [site, stdlib] = execFileSync(inVenv.executable, ["-c", folders], { encoding: "utf8" }).split("\n");
    writeFileSync(join(site!, "sitecustomize.py"), "print('of the environment')\n");

    const options = { cwd: scratch.project };
    const bare = await runBare(inVenv, ["main.py"], options);
    const traced = await runTraced(inVenv, ["main.py"], scratch.spool, options);
    expect(traced).toEqual(bare);
    // Debian's own Python has one, which comes first.
    if (!existsSync(join(stdlib!, "sitecustomize.py"))) expect(bare.stdout).toContain("of the environment");
    expect(scratch.events("start")).toMatchObject([{ prefix: venv }]);
  });

  test("Ctrl-C", async () => {
    scratch.clear();
    scratch.write({ "main.py": "print('ready', flush=True)\nwhile True:\n    open('main.py').close()\n" });
    const options = { cwd: scratch.project, when: { on: "ready", act: (pid: number) => process.kill(pid, "SIGINT") } };
    const bare = await runBare(python, ["main.py"], options);
    const traced = await runTraced(python, ["main.py"], scratch.spool, options);
    expect({ ...traced, stderr: "" }).toEqual({ ...bare, stderr: "" });
    expect(traced.stderr).toContain("KeyboardInterrupt");
    expect(scratch.events("close")).toHaveLength(1);
  });

  test("a spool that cannot be written, is missing, or vanishes", async () => {
    const files = {
      "main.py":
        "import os, shutil\nif os.environ.get('VANISH'): shutil.rmtree(os.environ['VANISH'])\nopen('main.py').close()\n" +
        "pid = os.fork()\nopen('a%d' % bool(pid), 'w').close()\nif pid: print(os.waitpid(pid, 0)[1])\n",
    };
    scratch.clear();
    const cwd = scratch.write(files);
    const bare = await runBare(python, ["main.py"], { cwd });
    const file = join(scratch.base, "file");
    writeFileSync(file, "");
    const gone = join(scratch.base, "gone");
    mkdirSync(gone, { recursive: true });
    for (const [spool, env] of [
      [join(scratch.base, "never made"), {}],
      [file, {}],
      ["/proc/1", {}],
      [gone, { VANISH: gone }],
    ] as const) {
      expect(await runTraced(python, ["main.py"], spool, { cwd, env })).toEqual(bare);
    }
  });
});

const others: { name: string; files: Record<string, string> }[] = [
  { name: "no sitecustomize", files: {} },
  { name: "a sitecustomize", files: { "lib/sitecustomize.py": "import sys; print(sys.path); mark = 1" } },
  { name: "a broken sitecustomize", files: { "lib/sitecustomize.py": "raise RuntimeError('broken')" } },
];
const probe = "import sys; print(sys.path); print(sys.modules.get('sitecustomize')); print(sorted(sys.modules))";

describe.each(findOldPythons())("Python $version, too old to be traced", (python) => {
  test.each(others)("is left alone, with $name", async ({ files }) => {
    scratch.clear();
    // Python 2 would put its byte code right beside our source.
    const env = { PYTHONPATH: "lib", PYTHONDONTWRITEBYTECODE: "1" };
    const options = { cwd: scratch.write({ ...files, "main.py": probe }), env };
    const bare = await runBare(python, ["main.py"], options);
    const traced = await runTraced(python, ["main.py"], scratch.spool, options);
    expect(traced).toEqual(bare);
    expect(scratch.processes()).toEqual([]);
  });
});

test.each(others)("outside a run the tracer only steps aside, with $name", async ({ files }) => {
  const python = findPythons().at(-1)!;
  scratch.clear();
  const cwd = scratch.write({ ...files, "main.py": probe });
  const bare = await runBare(python, ["main.py"], { cwd, env: { PYTHONPATH: "lib" } });
  const aside = await runBare(python, ["main.py"], { cwd, env: { PYTHONPATH: [tracerFolder, "lib"].join(delimiter) } });
  expect(aside).toEqual(bare);
  expect(scratch.processes()).toEqual([]);
});
