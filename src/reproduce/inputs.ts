/** What the second run was not given as the first one had it. */
import { compareEnvironments, compareHosts } from "../compare/environment";
import { changeText, describeEnvironment } from "../compare/environmentSummary";
import type { InputDifference } from "../domain/reproduction";
import type { RestoreProblem } from "../domain/restore";
import type { Run } from "../domain/run";

/** Of a run, what it read; paths are as if both runs had been in the same folder. */
export type InputsSide = Pick<Run["snapshot"], "data" | "config" | "datasets" | "environment">;

/** `problems`: what could not be restored. Those of the machine come last: results should not depend on it. */
export function compareInputs(
  before: InputsSide,
  after: InputsSide,
  problems: readonly RestoreProblem[],
): InputDifference[] {
  const reads = [before, after].map(({ data }) => hashes(data.filter(({ role }) => role === "read")));
  const configs = [before, after].map(({ config }) => hashes(config));
  const data = compareFiles("data", reads[0]!, reads[1]!, problems);
  return [
    ...problems
      .filter(({ part }) => part === "code")
      .map(({ path, message }) => ({ part: "code" as const, path, message })),
    ...environmentChange(before, after),
    ...data,
    // Of many files, only some are listed one by one.
    ...(data.length === 0 ? compareDatasets(before, after) : []),
    ...compareFiles("config", configs[0]!, configs[1]!, problems),
    ...compareHosts([before.environment, after.environment]).map(({ name, values }) => {
      const message = `The machine is another: ${name} ${changeText(values)}.`;
      return { part: "host" as const, path: null, message };
    }),
  ];
}

type Hashes = ReadonlyMap<string, string | null>;

const hashes = (files: readonly { path: string; sha256: string | null }[]): Hashes =>
  new Map(files.map(({ path, sha256 }) => [path, sha256]));

function compareFiles(
  part: "data" | "config",
  before: Hashes,
  after: Hashes,
  problems: readonly RestoreProblem[],
): InputDifference[] {
  const differences: InputDifference[] = [];
  const add = (path: string, message: string) => differences.push({ part, path, message });
  for (const [path, sha256] of before) {
    const problem = problems.find((one) => one.part === part && one.path === path);
    if (!after.has(path)) add(path, problem?.message ?? `${path} was not read this time.`);
    else if (sha256 === null || after.get(path) === null) add(path, `${path} could not be hashed, so it may differ.`);
    else if (after.get(path) !== sha256) add(path, changed(path, problem));
  }
  for (const path of after.keys()) if (!before.has(path)) add(path, `${path} was not read by the first run.`);
  return differences;
}

function changed(path: string, problem: RestoreProblem | undefined): string {
  if (problem?.fault === "not-kept") return `${path} has changed since the run: only its hash had been kept.`;
  return problem ? `${path} is another file now: ${problem.message}` : `${path} has other contents now.`;
}

function compareDatasets(before: InputsSide, after: InputsSide): InputDifference[] {
  const [versions, now] = [before, after].map(
    ({ datasets }) =>
      new Map(datasets.flatMap(({ name, role, version }) => (role === "read" ? [[name, version]] : []))),
  );
  const changed = [...versions!].filter(([name, version]) => now!.get(name) !== version);
  return changed.map(([name, version]) => {
    const other = now!.get(name)?.slice(0, 10) ?? "not read";
    const message = `The dataset ${name} was ${version.slice(0, 10)} and is ${other} now.`;
    return { part: "data", path: null, message };
  });
}

function environmentChange(before: InputsSide, after: InputsSide): InputDifference[] {
  const { python, packages, variables } = compareEnvironments([before.environment, after.environment]);
  // Where Python lies does not matter.
  const told = { python: python.filter(({ name }) => name !== "executable"), packages, variables };
  const summary = describeEnvironment(told);
  return summary === ""
    ? []
    : [{ part: "environment", path: null, message: `The environment is another: ${summary}.` }];
}
