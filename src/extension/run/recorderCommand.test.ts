import { expect, test } from "vitest";
import { recorderArguments } from "./recorderCommand";

const request = { command: ["python", "train.py", "--name", "x"], cwd: "/w" };

test("the command comes last, behind two dashes", () => {
  expect(recorderArguments(request, false)).toEqual(["run", "--source=vscode", "--", ...request.command]);
});

test("what is said of the run comes before, in one word each, whatever it begins with", () => {
  const named = { ...request, experiment: "-e", name: "a b", note: "--x", tags: { k: "v=w", empty: "" } };
  expect(recorderArguments(named, true)).toEqual([
    "run",
    "--source=vscode",
    "--experiment=-e",
    "--name=a b",
    "--note=--x",
    "--tag=k=v=w",
    "--tag=empty=",
    "--keep-on-hangup",
    "--",
    ...request.command,
  ]);
});

test("what is empty is not said", () => {
  expect(recorderArguments({ ...request, experiment: "", name: "", note: "" }, false)).toHaveLength(3 + 4);
});

test("the target is said, and what its variables hold is not", () => {
  const words = recorderArguments({ ...request, target: "gpu box", env: { TOKEN: "hidden" } }, false);
  expect(words).toEqual(["run", "--source=vscode", "--target=gpu box", "--", ...request.command]);
});
