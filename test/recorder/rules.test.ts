/** Own rules for output lines: recorded live, tried with `modeltrail rules test`. */
import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { baseEnvironment, makeProject, modeltrail, python, recorded, runSession, useCli, withStore } from "./cli";

useCli();

const SCRIPT = `
for epoch in range(3):
    print(f"epoch {epoch}: loss={1 / (epoch + 1):.2f}, lr=0.1")
    print(f"   [val] top-1 is {90 + epoch}%")
`;
const RULES = `metrics:
  rules:
    - pattern: 'top-(?<k>\\d) is (?<value>[\\d.]+)%'
      name: 'val/top{k}'
    - pattern: 'never (?<value>\\d)'
      name: never
  ignore: [lr]
`;

function rulesTest(cwd: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const [program, ...rest] = modeltrail("rules", "test", ...args);
  const { status, stdout, stderr } = spawnSync(program!, rest, { cwd, env: baseEnvironment(cwd), encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

test("rules of modeltrail.yaml make metrics, and the command shows which lines they find", async () => {
  const cwd = makeProject({ "train.py": SCRIPT, "modeltrail.yaml": RULES });
  const { code, err } = await runSession({ command: recorded([python, "train.py"]), cwd });
  expect({ code, err: err.toString() }).toEqual({ code: 0, err: "" });
  withStore(cwd, (store) => {
    const id = store.resolveRun("latest");
    const { metrics } = store.getSummaries([id])[0]!;
    expect(Object.keys(metrics).filter((name) => !name.startsWith("system/"))).toEqual(["loss", "val/top1"]);
    const points = store.metricHistory(id, "val/top1", 0, 9).points.map(({ step, value }) => [step, value]);
    expect(points).toEqual([
      [0, 90],
      [1, 91],
      [2, 92],
    ]);
  });
  const value = (metric: string, value: number, step: number, rule: number | null) => ({ metric, value, step, rule });
  const tested = rulesTest(cwd, "latest", "--limit", "2", "--json");
  expect(JSON.parse(tested.out)).toEqual({
    lines: [
      { line: 1, text: "epoch 0: loss=1.00, lr=0.1", values: [value("loss", 1, 0, null)] },
      { line: 2, text: "   [val] top-1 is 90%", values: [value("val/top1", 90, 0, 1)] },
    ],
    rules: [
      { rule: null, values: 3 },
      { rule: 1, values: 3 },
      { rule: 2, values: 0 },
    ],
    more: true,
  });
});

test("a pattern can be tried on any file, before it is written down", () => {
  const cwd = makeProject({ "train.log": "a: b\nround 7 gives 0.25\nloss=1\n" });
  const pattern = "round (?<step>\\d+) gives (?<value>\\S+)";
  const { out } = rulesTest(cwd, "train.log", "--rule", pattern, "--name", "score");
  expect(out).toBe(
    [
      "LINE  RULE      METRIC  VALUE  STEP",
      "2     rule 1    score   0.25   7",
      "3     built-in  loss    1      0",
      "",
      "built-in  1 value",
      "rule 1    1 value",
      "",
    ].join("\n"),
  );
  expect(rulesTest(cwd, "train.log", "--rule", pattern)).toMatchObject({
    code: 1,
    err: expect.stringContaining("--name gives it one"),
  });
  expect(rulesTest(cwd, "other.log").code).toBe(1);
});

test("rules that make no sense: the run goes on without them, and says where they stand", async () => {
  const rules = 'metrics:\n  rules:\n    - pattern: "acc (?<value>.*"\n      name: acc\n';
  const cwd = makeProject({ "train.py": SCRIPT, "modeltrail.yaml": rules });
  const { code, err } = await runSession({ command: recorded([python, "train.py"]), cwd });
  expect({ code, err: err.toString() }).toEqual({ code: 0, err: "" });
  const said = /modeltrail\.yaml, line 3: rule 1: .*missing closing/;
  const run = withStore(cwd, (store) => store.getRun(store.resolveRun("latest"))!);
  expect(run.warnings).toEqual([expect.stringMatching(said)]);
  expect(Object.keys(run.metrics)).toContain("loss");
  expect(rulesTest(cwd, "latest")).toMatchObject({ code: 1, err: expect.stringMatching(said) });
  const env = baseEnvironment(cwd);
  const [program, ...rest] = modeltrail("rules", "--help");
  expect(execFileSync(program!, rest, { cwd, env, encoding: "utf8" })).toContain("test [options] <log>");
});
