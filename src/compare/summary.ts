/** What differs between runs in one line, for a tooltip or a row of the tree. */
import type { ComparedFile, RunComparison } from "../domain/comparison";
import { count, cut } from "./cells";

/** Parts that are named; the rest is counted. */
const NAMED = 5;
const VALUE_WIDTH = 20;

/** E.g. "2 params, train.py, numpy 1.26→2.0"; "no difference found" when there is none. Metrics and files written are results. */
export function summarizeDifferences(comparison: RunComparison): string {
  const parts = [
    ...paramParts(comparison),
    ...codeParts(comparison),
    ...configParts(comparison),
    ...environmentParts(comparison),
    ...dataParts(comparison),
    ...commandParts(comparison),
    ...(comparison.host.some(({ differs }) => differs) ? ["another host"] : []),
  ];
  const { unknown } = comparison.data.counts;
  if (parts.length === 0) {
    const isDoubtful = comparison.uncertain.length > 0 || unknown > 0;
    return isDoubtful ? "no difference found, but not all was recorded" : "no difference found";
  }
  const left = parts.length - NAMED;
  return left > 1 ? `${parts.slice(0, NAMED).join(", ")} and ${left} more` : parts.join(", ");
}

/** One that differs is told with its values. */
function paramParts({ params }: RunComparison): string[] {
  const differing = params.filter(({ differs }) => differs);
  const [only] = differing;
  if (!only) return [];
  return [differing.length === 1 ? change(only.name, only.values) : count(differing.length, "param")];
}

/** Without config and data that lie in the repository too: they are told as such. */
function codeParts({ code, config, data }: RunComparison): string[] {
  const others = new Set([...config, ...data.files].map(({ path }) => path));
  // The project may be a folder of the repository.
  const isOther = (path: string) =>
    others.has(path) || path.split("/").some((_, at, parts) => others.has(parts.slice(at).join("/")));
  const changed = code.flatMap(({ changes }) => (changes ?? []).map(({ path }) => path));
  const paths = new Set(changed.filter((path) => !isOther(path)));
  if (paths.size <= 2) return [...paths].map(fileName);
  return [count(paths.size, "code file")];
}

/** Not when its keys are told as params. */
function configParts({ config, params }: RunComparison): string[] {
  const shown = new Set(params.filter(({ differs }) => differs).map(({ name }) => name));
  const files = config.filter(({ path, differs, keys }) => {
    const isTold = keys && keys.length > 0 && keys.every(({ name }) => shown.has(name) || shown.has(`${path}:${name}`));
    return differs && !isTold;
  });
  return files.length > 2 ? [count(files.length, "config file")] : files.map(({ path }) => fileName(path));
}

function environmentParts({ environment: { python, packages, variables } }: RunComparison): string[] {
  const version = python.find(({ name, differs }) => name === "version" && differs);
  const changed = packages.filter(({ differs }) => differs);
  const [first] = changed.toSorted((one, other) => Number(other.imported) - Number(one.imported));
  const said = version ? [change("Python", version.values)] : [];
  if (first && changed.length <= 2) said.push(...changed.map(packagePart));
  else if (first?.imported)
    said.push(`${packagePart(first)} and ${count(changed.length - 1, "more package", "more packages")}`);
  else if (first) said.push(count(changed.length, "package"));
  return [...said, ...variables.filter(({ differs }) => differs).map(({ name, values }) => change(name, values))];
}

function packagePart({ name, values }: { name: string; values: (string | null)[] }): string {
  if (values.length === 2 && values[0] === null) return `+${name}`;
  if (values.length === 2 && values[1] === null) return `-${name}`;
  return change(name, values);
}

function dataParts({ data: { counts, files } }: RunComparison): string[] {
  const number = counts.added + counts.removed + counts.changed + counts.moved;
  const differing = files.filter(({ kind }) => kind !== "unknown" && kind !== "same");
  if (number === 0) return [];
  // The list of files may be cut.
  return number <= 2 && differing.length === number ? differing.map(dataPart) : [count(number, "data file")];
}

function dataPart({ kind, path }: ComparedFile): string {
  return kind === "changed" ? fileName(path) : `${fileName(path)} ${kind}`;
}

/** What the params do not tell already. */
function commandParts({ command, params }: RunComparison): string[] {
  const differs = command.filter((one) => one.differs).map(({ name }) => name);
  if (differs.includes("script")) return ["another script"];
  return differs.includes("command") && params.length === 0 ? ["another command"] : [];
}

/** "numpy 1.26→2.0"; of more than two sides the name only. */
function change(name: string, values: readonly (string | null)[]): string {
  if (values.length !== 2) return name;
  return `${name} ${values.map((value) => cut(value ?? "none", VALUE_WIDTH)).join("→")}`;
}

const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
