import { expect, it } from "vitest";
import type { RestoreProblem } from "../domain/restore";
import type { DataFile, Environment } from "../domain/run";
import { compareInputs, type InputsSide } from "./inputs";

const ENVIRONMENT: Environment = {
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "cpython",
  platform: "Linux",
  cpu: "some",
  cores: 8,
  memory: 2 ** 34,
  gpus: [],
  packages: { numpy: "2.0.0" },
  imported: ["numpy"],
  variables: { PYTHONHASHSEED: "0" },
};
const [A, B] = ["a".repeat(64), "b".repeat(64)];
const read = (path: string, sha256: string | null = A): DataFile => ({ path, sha256, size: 1, role: "read" });
const dataset = (version: string) => ({ name: "wine", version, files: 1, size: 1, role: "read" as const });

const side = (part: Partial<InputsSide> = {}): InputsSide => ({
  data: [read("data.csv")],
  config: [{ path: "conf.yaml", sha256: A }],
  datasets: [dataset(A)],
  environment: ENVIRONMENT,
  ...part,
});
const compare = (after: Partial<InputsSide>, problems: RestoreProblem[] = [], before: Partial<InputsSide> = {}) =>
  compareInputs(side(before), side(after), problems).map(({ part, path, message }) => [part, path, message]);
const problem = (part: RestoreProblem["part"], path: string, fault: RestoreProblem["fault"]): RestoreProblem => ({
  part,
  path,
  fault,
  message: `${path} is a problem.`,
});

it("finds nothing where all is the same, or only lies elsewhere", () => {
  expect(compare({})).toEqual([]);
  expect(compare({ environment: { ...ENVIRONMENT, executable: "/opt/python" } })).toEqual([]);
  expect(compare({ data: [read("data.csv"), { ...read("out.csv", B), role: "write" }] })).toEqual([]);
});

it.each<[string, Partial<InputsSide>, unknown[]]>([
  ["changed data", { data: [read("data.csv", B)] }, ["data", "data.csv", "data.csv has other contents now."]],
  ["missing data", { data: [] }, ["data", "data.csv", "data.csv was not read this time."]],
  [
    "more data",
    { data: [read("data.csv"), read("new.csv")] },
    ["data", "new.csv", "new.csv was not read by the first run."],
  ],
  [
    "data without a hash",
    { data: [read("data.csv", null)] },
    ["data", "data.csv", "data.csv could not be hashed, so it may differ."],
  ],
  [
    "changed config",
    { config: [{ path: "conf.yaml", sha256: B }] },
    ["config", "conf.yaml", "conf.yaml has other contents now."],
  ],
  [
    "a dataset of which not all files are listed",
    { datasets: [dataset(B)] },
    ["data", null, "The dataset wine was aaaaaaaaaa and is bbbbbbbbbb now."],
  ],
  ["an unread dataset", { datasets: [] }, ["data", null, "The dataset wine was aaaaaaaaaa and is not read now."]],
  [
    "another package",
    { environment: { ...ENVIRONMENT, packages: { numpy: "2.0.1" } } },
    ["environment", null, "The environment is another: 1 package changed: numpy 2.0.0 → 2.0.1."],
  ],
  [
    "another seed",
    { environment: { ...ENVIRONMENT, variables: { PYTHONHASHSEED: "1" } } },
    ["environment", null, "The environment is another: PYTHONHASHSEED 0 → 1."],
  ],
  [
    "another machine",
    { environment: { ...ENVIRONMENT, cores: 4 } },
    ["host", null, "The machine is another: cores 8 → 4."],
  ],
])("finds %s", (_, after, expected) => {
  expect(compare(after)).toEqual([expected]);
});

it("explains what could not be restored", () => {
  expect(compare({}, [problem("code", "lib/x.py", "gone")])).toEqual([["code", "lib/x.py", "lib/x.py is a problem."]]);
  const changed = { data: [read("data.csv", B)] };
  const kept = "data.csv has changed since the run: only its hash had been kept.";
  expect(compare(changed, [problem("data", "data.csv", "not-kept")])).toEqual([["data", "data.csv", kept]]);
  const damaged = "data.csv is another file now: data.csv is a problem.";
  expect(compare(changed, [problem("data", "data.csv", "damaged")])).toEqual([["data", "data.csv", damaged]]);
});
