import { expect, test } from "vitest";
import { jobLimits } from "./limitSettings";
import { ProjectFile } from "./projectFile";
import { projectFileFaults } from "./projectFileFaults";
import type { JobTargetSettings } from "./targets";

const told = (target: unknown, name = "box") =>
  projectFileFaults({ targets: { [name]: target } }).map(({ path, message }) => `${path.join(".")} ${message}`);
const command = {
  kind: "command",
  submit: ["run"],
  status: ["stat", "{job}"],
  states: {},
  log: ["log"],
  cancel: ["kill"],
};

test("settings are read in the units of jobs", () => {
  const limits = { time: "1h30m", memory: "16GB", cost: 2.5 };
  const file = ProjectFile.parse({
    targets: { box: { kind: "ssh", host: "gpu", limits, env: { SEED: 7, DEBUG: true } } },
    local: { slots: 2, gpus: [0, "GPU-1a"] },
  });
  expect(file.targets).toMatchObject({ box: { env: { SEED: "7", DEBUG: "true" } } });
  const box = file.targets!.box as JobTargetSettings;
  expect(jobLimits(box.limits as Parameters<typeof jobLimits>[0])).toEqual({
    seconds: 5_400,
    memory: 16e9,
    cost: 2.5,
  });
});

test("kinds of others keep what is theirs", () => {
  const target = { kind: "acme.cloud", region: "eu", deep: { a: [1] }, slots: 2 };
  expect(ProjectFile.parse({ targets: { acme: target } }).targets).toEqual({ acme: target });
});

test.each([
  [{ kind: "shh", host: "a" }, /^targets\.box\.kind has to be one of ssh, slurm, /],
  [{ kind: "ssh" }, /^targets\.box\.host is missing$/],
  [{ kind: "ssh", host: "a", hots: 1 }, /^targets\.box\.hots is not known here$/],
  [{ host: "a" }, /^targets\.box\.kind is missing$/],
  [{ kind: "ssh", host: "a", slots: 0 }, /^targets\.box\.slots has to be more than 0$/],
  [{ kind: "ssh", host: "a", limits: { time: "soon" } }, /^targets\.box\.limits\.time is not a duration like "2h30m"$/],
  [{ kind: "ssh", host: "a", env: { API_TOKEN: "x1" } }, /^targets\.box\.env\.API_TOKEN looks like a secret/],
  [{ kind: "ssh", host: "a", env: { URL: "https://me:pw@h/" } }, /^targets\.box\.env\.URL looks like a secret/],
  [{ ...command, submit: ["run", "--token", "abc"] }, /^targets\.box\.submit\.2 looks like a secret/],
  [{ kind: "acme.cloud", key: `hf_${"aB3".repeat(10)}` }, /^targets\.box\.key looks like a secret/],
  [{ kind: "acme.cloud", slots: "two" }, /^targets\.box\.slots has to be a /],
])("%j is refused with a word about it", (target, message) => {
  const faults = told(target);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(message);
});

test("`local` is no name for a target", () => {
  expect(told({ kind: "ssh", host: "a" }, "local")).toHaveLength(1);
  expect(told({ kind: "ssh", host: "a" }, "a b")).toHaveLength(1);
});
