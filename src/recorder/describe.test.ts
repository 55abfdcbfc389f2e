import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { describeCommand } from "./describe";

const root = realpathSync(mkdtempSync(join(tmpdir(), "describe-")));
mkdirSync(join(root, "wine/pkg"), { recursive: true });
for (const file of ["train.py", "wine/train.py", "wine/run.sh", "wine/pkg/__main__.py", "wine/pkg/fit.py"]) {
  writeFileSync(join(root, file), "");
}
afterAll(() => rmSync(root, { recursive: true }));

describe("what a command line runs", () => {
  test.each([
    ["python3 train.py", "", "train.py", "train"],
    ["python3 wine/train.py --lr 1", "", "wine/train.py", "wine/train"],
    ["python train.py", "wine", "wine/train.py", "wine/train"],
    ["/usr/bin/python3.11 -u -W ignore -X dev train.py -m x", "wine", "wine/train.py", "wine/train"],
    ["python3 ./train.py -c 5", "wine", "wine/train.py", "wine/train"],
    ["python3 -m pkg", "wine", "wine/pkg/__main__.py", "pkg"],
    ["python3 -um pkg.fit --lr 1", "wine", "wine/pkg/fit.py", "pkg.fit"],
    ["python3 -mpkg.fit", "wine", "wine/pkg/fit.py", "pkg.fit"],
    ["python3 -m http.server", "", null, "http.server"],
    ["python3 -c pass train.py", "", null, "python3"],
    ["python3 -", "", null, "python3"],
    ["python3", "", null, "python3"],
    ["torchrun --nproc-per-node 2 wine/train.py --lr 1", "", "wine/train.py", "wine/train"],
    ["bash run.sh", "wine", "wine/run.sh", "wine/run"],
    ["./run.sh", "wine", "wine/run.sh", "wine/run"],
    ["seq 10", "", null, "seq"],
    ["make.exe all", "", null, "make"],
    ["cat missing.py", "", null, "cat"],
  ])("%s in %j", (line, folder, script, experiment) => {
    expect(describeCommand(line.split(" "), join(root, folder), root)).toMatchObject({ script, experiment });
  });

  test("a script outside the project gives the experiment its name, and no path", () => {
    const command = ["python3", join(root, "train.py")];
    expect(describeCommand(command, join(root, "wine"), join(root, "wine"))).toMatchObject({
      script: null,
      experiment: "train",
    });
  });

  test("only an interpreter is expected to be traced", () => {
    const isPython = (command: string[]) => describeCommand(command, root, root).isPython;
    expect(["python3", "/opt/venv/bin/python", "pypy3", "python3.13t"].map((name) => isPython([name, "x"]))).toEqual(
      Array(4).fill(true),
    );
    expect(["torchrun", "pythonista", "sh"].map((name) => isPython([name]))).toEqual(Array(3).fill(false));
  });
});
