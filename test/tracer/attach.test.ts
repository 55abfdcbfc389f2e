/** The tracer, put into a Python that is running already. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { attachingCode } from "../../src/extension/notebook/passive/attachingCode";
import { findPythons, Scratch, tracerFolder } from "./python";

const scratch = new Scratch();
afterAll(() => scratch.remove());

test.each(findPythons())(
  "Python $version: it sees what comes then, run after run, and leaves no name",
  ({ executable, minor }) => {
    scratch.clear();
    const cwd = scratch.write({ "before.csv": "1", "first.csv": "1", "second.csv": "1", "helper.py": "x = 1" });
    const spools = ["one", "two"].map((name) => {
      const spool = join(scratch.base, `${name}-${minor}`);
      mkdirSync(spool, { recursive: true });
      return spool;
    });
    const code = (at: number) =>
      attachingCode(tracerFolder, {
        MODELTRAIL_RUN_ID: String(at).repeat(32),
        MODELTRAIL_SPOOL: spools[at]!,
        MODELTRAIL_ROOT: cwd,
      });
    const script = [
      "import helper",
      "open('before.csv').close()",
      "names = set(globals())",
      code(0),
      "open('first.csv').close()",
      code(1),
      "open('second.csv').close()",
      "print(sorted(set(globals()) - names - {'names'}))",
    ];
    const out = execFileSync(executable, ["-c", script.join("\n")], {
      cwd,
      encoding: "utf8",
      env: { PATH: "/usr/bin" },
    });
    expect(out).toBe("[]\n");
    const opened = (spool: string) =>
      scratch
        .events("open", spool)
        .map(({ path }) => path)
        .filter((path) => path.endsWith(".csv"));
    expect(opened(spools[0]!)).toEqual([join(cwd, "first.csv")]);
    expect(opened(spools[1]!)).toEqual([join(cwd, "second.csv")]);
    for (const spool of spools) {
      const imported = scratch.events("import", spool).map(({ name }) => name);
      expect(imported).toContain("helper");
    }
  },
);
