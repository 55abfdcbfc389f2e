import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { plainRun } from "./plainRun";
import { runProgram } from "./program";

const run = vi.hoisted(() => vi.fn());
vi.mock("./commands/run", () => ({ runCommand: run }));

const { argv } = process;
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  process.argv = argv;
  run.mockReset();
});

describe("the short way to a run", () => {
  test.each([
    ["run -- python3 train.py --lr 3"],
    ["run --name first --note x -- ls -l -- --name y"],
    ["run --experiment=wine --tag a=1 --tag b=2=3 --source vscode --keep-on-hangup -- x"],
    ["run --note= -- x"],
    ["run --note -- x -- y"],
  ])("understands `%s` as the whole parser does", async (line) => {
    const words = line.split(" ");
    process.argv = ["node", "modeltrail", ...words];
    await runProgram();
    const { options, command } = plainRun(words) ?? {};
    // What the short way leaves alone is understood by the parser only.
    if (options) expect(run.mock.calls).toEqual([[options, command]]);
    else expect(line).toContain("--note -- x");
  });

  test.each([
    "run",
    "run --help -- x",
    "run --nme a -- x",
    "run x",
    "run --name",
    "run --",
    "ls -- x",
    "run -- ".trim(),
  ])("leaves `%s` to it", (line) => {
    expect(plainRun(line.split(" "))).toBeNull();
  });
});
