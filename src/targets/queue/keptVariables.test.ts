import { expect, test } from "vitest";
import { jobEnvironment, keptVariables, parseVariable } from "./keptVariables";

test("what decides which Python and libraries are used is kept, and no secret", () => {
  const env = {
    ...{
      PATH: "/venv/bin:/bin",
      VIRTUAL_ENV: "/venv",
      PYTHONPATH: "src",
      LD_LIBRARY_PATH: "/cuda",
      OMP_NUM_THREADS: "4",
    },
    ...{ HOME: "/home/me", AWS_SECRET_ACCESS_KEY: "x", WANDB_API_KEY: "y", EDITOR: "vi", MY_SEED: "3" },
    MLFLOW_TRACKING_URI: "https://me:pw@mlflow.example/",
  };
  const {
    MLFLOW_TRACKING_URI: _,
    HOME: __,
    AWS_SECRET_ACCESS_KEY: ___,
    WANDB_API_KEY: ____,
    EDITOR: _____,
    ...kept
  } = env;
  expect(keptVariables(env)).toEqual(kept);
});

test("a job has its own environment where it was kept, and ours for the rest", () => {
  const ours = { PATH: "/ours", VIRTUAL_ENV: "/ours", HF_TOKEN: "t", HOME: "/home/me" };
  expect(jobEnvironment(ours, { PATH: "/theirs" })).toEqual({ PATH: "/theirs", HF_TOKEN: "t", HOME: "/home/me" });
  expect(jobEnvironment(ours, { MINE: "1" })).toEqual({ ...ours, MINE: "1" });
});

test("variables of the command line are checked", () => {
  expect(parseVariable("A=b=c")).toEqual(["A", "b=c"]);
  expect(() => parseVariable("A")).toThrow(/no variable/);
  expect(() => parseVariable("API_KEY=abc")).toThrow(/looks like a secret/);
});
