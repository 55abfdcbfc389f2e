/** `modeltrail diff` over runs that the real program has recorded. */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RunComparison } from "../../src/domain/comparison";
import { baseEnvironment, makeProject, modeltrail, runSession, useCli } from "../recorder/cli";

useCli();

const SCRIPT = `
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=3)
arguments = parser.parse_args()
layers = json.load(open("conf.json"))["layers"]
text = open("data/a.csv").read()
for epoch in range(2):
    print(f"epoch {epoch + 1} loss {arguments.lr / (epoch + 1)}")
open("report.txt", "w").write(text)
`;
const CELLS = { cells: [{ cell_type: "code", source: "x = 1", outputs: [] }] };

let project: string;
/** Not the project itself, which would be too wide then. */
let home: string;

beforeAll(async () => {
  home = makeProject();
  project = makeProject({
    ".gitignore": "data/\n",
    "train.py": SCRIPT,
    "explore.ipynb": JSON.stringify(CELLS),
    "conf.json": '{"layers": 3}',
    "data/a.csv": "1\n",
    "data/b.csv": "2\n",
    "modeltrail.yaml": "data: [data/b.csv]\n",
  });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@b", ...args], { cwd: project });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "-m", "first");
  await cli("run", "--name", "first", "--", "python3", "train.py");
  writeFileSync(join(project, "train.py"), `${SCRIPT}# more\n`);
  writeFileSync(join(project, "explore.ipynb"), JSON.stringify(CELLS).replace("x = 1", "x = 2"));
  writeFileSync(join(project, "conf.json"), '{"layers": 4}');
  writeFileSync(join(project, "data/a.csv"), "100\n");
  await cli("run", "--name", "second", "--", "python3", "train.py", "--lr", "1e-2");
}, 120_000);

async function cli(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const session = { command: modeltrail(...args), cwd: project, env: baseEnvironment(home) };
  const { code, out, err } = await runSession(session);
  return { code, out: out.toString(), err: err.toString() };
}

const compare = async (...args: string[]) =>
  RunComparison.parse(JSON.parse((await cli("diff", ...args, "--json")).out));

describe("two runs", () => {
  it("shows only what differs, with aligned columns", async () => {
    const { code, out } = await cli("diff", "first", "second");
    expect(code).toBe(0);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^first +finished, started .*, took /);
    expect(lines[1]).toMatch(/^second +finished/);
    expect(lines).toContain("  lr                0.1    0.01");
    expect(lines).toContain("  conf.json:layers  3      4");
    expect(out).toMatch(/^ {2}loss +0\.05 +0\.005 +-0\.045 \(-90%\) +/m);
    expect(lines).toContain("  modified  train.py");
    expect(lines).toContain("  modified  explore.ipynb");
    expect(lines).toContain("Data  1 changed, 1 the same");
    expect(lines).toContain("  changed  data/a.csv  2 B → 4 B");
    expect(lines).toContain("  conf.json  layers");
    expect(out).toMatch(/^Same: .*environment/m);
    expect(out).not.toContain("depth");
    // It came out of the code.
    expect(out).not.toMatch(/^ {2}(added|modified) +report\.txt/m);
    expect(out).not.toContain("\u001b[");
  });

  it("gives the same as JSON", async () => {
    const found = await compare("first", "second");
    expect(found.params.map(({ name }) => name)).toEqual(["conf.json:layers", "lr"]);
    expect(found.code[1]!.changes!.map(({ path }) => path)).toEqual(["conf.json", "explore.ipynb", "train.py"]);
    expect(found.data).toMatchObject({ counts: { changed: 1, same: 1 }, files: [{ path: "data/a.csv" }] });
    expect(found.outputs.files).toMatchObject([{ path: "report.txt", kind: "changed" }]);
    expect(found.config).toMatchObject([{ path: "conf.json", keys: [{ name: "layers", values: ["3", "4"] }] }]);
    expect(found.uncertain).toEqual([]);
  });

  it("shows all with --all, and packages with --environment", async () => {
    const { out } = await cli("diff", "first", "second", "--all");
    expect(out).toMatch(/^ {4}depth +3 +3\n {2}≠ lr +0.1 +0.01$/m);
    expect(out).toMatch(/^ {2}version +3\.\d+\.\d+ +3\.\d+\.\d+$/m);
    const all = await compare("first", "second", "--all");
    expect(all.data.files.map(({ kind }) => kind).sort()).toEqual(["changed", "same"]);
    expect((await cli("diff", "first", "second", "--environment")).out).not.toMatch(/^ {2}version/m);
  });

  it("prints the lines of code, which git can apply", async () => {
    const { code, out } = await cli("diff", "first", "second", "--code");
    expect(code).toBe(0);
    expect(out).toContain("--- a/train.py\n+++ b/train.py\n");
    expect(out).toContain("\n+# more\n");
    expect(out).toContain("-x = 1\n+x = 2\n");
    expect(out).not.toContain("b/report.txt");
  });

  it("are told apart on a terminal by colour", async () => {
    const session = { cwd: project, env: baseEnvironment(home), streams: ["tty", "tty", "tty"] as const };
    const show = async (...args: string[]) =>
      (
        await runSession({ ...session, streams: [...session.streams], command: modeltrail("diff", ...args) })
      ).tty.toString();
    expect(await show("first", "second")).toContain("\u001b[33mmodified\u001b[0m");
    expect(await show("first", "second", "--code")).toContain("\u001b[32m+");
  });
});

describe("the workspace", () => {
  it("is what a single run is compared with", async () => {
    expect((await cli("diff", "second")).out).toContain("No difference found.");
    writeFileSync(join(project, "data/a.csv"), "1000\n");
    rmSync(join(project, "data/b.csv"));
    writeFileSync(join(project, "new.py"), "");
    writeFileSync(join(project, "report.txt"), "by hand\n");
    const { out } = await cli("diff", "second");
    expect(out).toContain("workspace  the files and the environment as they are now");
    expect(out).toContain("  added  new.py");
    expect(out).toContain("Data  1 changed, 1 removed");
    expect(out).not.toContain("report.txt");
    expect(out).not.toContain("Params");
    expect((await compare("workspace", "second")).code[1]!.changes).toEqual([
      { path: "new.py", from: null, kind: "deleted" },
    ]);
    expect((await cli("diff", "second", "workspace", "--code")).out).toContain("b/new.py");
  });

  it("is one of three", async () => {
    const { sides, data, params } = await compare("first", "second", "workspace");
    expect(sides.map(({ name }) => name)).toEqual(["first", "second", "workspace"]);
    expect(data.files.every(({ files }) => files.length === 3)).toBe(true);
    expect(params.find(({ name }) => name === "lr")!.values).toEqual(["0.1", "0.01", null]);
    expect((await cli("diff", "first", "second", "workspace")).out).toMatch(/^ {2}train\.py +modified +modified$/m);
  });
});

it("says what is wrong with what it was given", async () => {
  const fault = async (...args: string[]) => {
    const { code, err } = await cli("diff", ...args);
    return `${code} ${err}`;
  };
  expect(await fault("first", "nobody")).toMatch(/^1 .*nobody/);
  expect(await fault("first", "first")).toMatch(/^1 .*same run/);
  expect(await fault("workspace")).toMatch(/^1 /);
  expect(await fault("first", "second", "workspace", "--code")).toMatch(/^1 .*two sides/);
  expect(await fault("first", "second", "--code", "--json")).toMatch(/^1 .*--json/);
  expect(await fault()).toMatch(/^2 /);
});
