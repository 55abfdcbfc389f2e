import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { batchScript, type SlurmSettings, sbatchArguments, slurmIds, slurmTime } from "./batch";

const job = { name: "quiet-owl", folder: "/jobs/50%", gpus: 0, limits: {} };

test("resources become words of sbatch", () => {
  expect(sbatchArguments([job], { kind: "slurm" })).toEqual([
    ...["--parsable", "--no-requeue", "--job-name=quiet-owl", "--output=/jobs/50%%/slurm.out"],
  ]);
  const settings: SlurmSettings = {
    ...{ kind: "slurm", partition: "gpu", account: "us", qos: "short", time: 7_200, memory: 2 ** 30 + 1 },
    ...{ cpus: 4, nodes: 1, options: ["-C", "a100"] },
  };
  const words = sbatchArguments([{ ...job, gpus: 2, limits: { seconds: 61 } }], {
    ...settings,
    options: ["-C", "a100"],
  });
  expect(words).toEqual(
    expect.arrayContaining([
      ...["--partition=gpu", "--account=us", "--qos=short", "--time=0-00:02:00", "--mem=1048577K"],
      ...["--cpus-per-task=4", "--nodes=1", "--gres=gpu:2"],
    ]),
  );
  expect(words.slice(-2)).toEqual(["-C", "a100"]);
});

test("several jobs are one array, with as many at a time as there are slots", () => {
  const jobs = [job, { ...job, folder: "/jobs/b" }, { ...job, folder: "/jobs/c" }];
  expect(sbatchArguments(jobs, { kind: "slurm", slots: 2 })).toContain("--array=0-2%2");
  expect(sbatchArguments(jobs, { kind: "slurm" })).toContain("--array=0-2");
});

test.each([["--array=0-3"], ["--wrap=x"], ["-o"], ["--output=/x"], ["--requeue"], ["-D/tmp"]])(
  "%s is ours to say",
  (option) => {
    expect(() => sbatchArguments([job], { kind: "slurm", options: [option] })).toThrow("cannot be among the options");
  },
);

test.each([
  [1, "0-00:01:00"],
  [60, "0-00:01:00"],
  [3_661, "0-01:02:00"],
  [90_000, "1-01:00:00"],
])("%i s are %s", (seconds, text) => {
  expect(slurmTime(seconds)).toBe(text);
});

test("ids, with or without a cluster", () => {
  expect(slurmIds("42\n", 1)).toEqual(["42"]);
  expect(slurmIds("42;main\n", 2)).toEqual(["42_0", "42_1"]);
  expect(slurmIds("a greeting\n42\n", 1)).toEqual(["42"]);
  expect(() => slurmIds("", 1)).toThrow("it printed nothing");
});

test("the script runs the agent of its own folder, whatever that is called, after the setup", () => {
  const root = mkdtempSync(path.join(tmpdir(), "batch "));
  try {
    const folders = ["it's", "$HOME `x`"].map((name) => path.join(root, name));
    execFileSync("mkdir", ["-p", ...folders]);
    const jobs = folders.map((folder) => ({ ...job, folder }));
    const agent = ["sh", "-c", 'printf "%s|%s" "$WORD" "$1"', "sh"];
    const run = (script: string, index?: number) =>
      execFileSync("sh", ["-s"], {
        input: script,
        encoding: "utf8",
        env: { ...process.env, ...(index === undefined ? {} : { SLURM_ARRAY_TASK_ID: String(index) }) },
      });
    const setup = ["export WORD=ready"];
    expect(run(batchScript(jobs.slice(0, 1), agent, setup))).toBe(`ready|${folders[0]}`);
    run(batchScript(jobs, agent, setup), 1);
    expect(readFileSync(path.join(folders[1]!, "slurm.out"), "utf8")).toBe(`ready|${folders[1]}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
