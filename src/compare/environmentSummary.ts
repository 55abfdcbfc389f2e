/** What differs between environments, in one line. */
import type { ComparedPackage, ComparedText } from "../domain/comparison";

/** So many packages are named. */
const NAMED = 4;

/**
 * E.g. "Python 3.11.7 → 3.12.1; 3 packages changed: numpy 1.26 → 2.0, +polars, -pandas". Packages that a run imported come
 * first, since the others rarely matter. Empty when nothing differs.
 */
export function describeEnvironment(parts: {
  python: readonly ComparedText[];
  packages: readonly ComparedPackage[];
  variables: readonly ComparedText[];
}): string {
  const python = parts.python.filter(({ differs }) => differs);
  const version = python.find(({ name }) => name === "version");
  const implementation = python.find(({ name }) => name === "implementation");
  const said = [
    version && `Python ${changeText(version.values)}`,
    implementation && changeText(implementation.values),
    packagesText(parts.packages.filter(({ differs }) => differs)),
    ...parts.variables.filter(({ differs }) => differs).map(({ name, values }) => `${name} ${changeText(values)}`),
  ].filter((text) => text);
  // The same packages from another folder: worth a word only when there is nothing else.
  const [executable] = python.filter(({ name }) => name === "executable");
  if (said.length === 0 && executable) return `another interpreter: ${changeText(executable.values)}`;
  return said.join("; ");
}

function packagesText(packages: readonly ComparedPackage[]): string {
  if (packages.length === 0) return "";
  const sorted = [...packages].sort((one, other) => rank(one) - rank(other));
  const named = sorted.slice(0, sorted.length === NAMED + 1 ? NAMED + 1 : NAMED).map(packageText);
  const left = packages.length - named.length;
  const count = packages.length === 1 ? "1 package" : `${packages.length} packages`;
  return `${count} changed: ${named.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

/** Imported ones first; among these, what has changed before what has come and what has gone. */
function rank({ imported, values }: ComparedPackage): number {
  const kind = values[0] === null ? 1 : values.includes(null) ? 2 : 0;
  return (imported ? 0 : 3) + kind;
}

/** "numpy 1.26 → 2.0", "+polars", "-pandas"; of more than two sides all versions: "numpy 1.26 / 2.0 / none". */
export function packageText({ name, values }: ComparedText): string {
  if (values.length === 2 && values[0] === null) return `+${name}`;
  if (values.length === 2 && values[1] === null) return `-${name}`;
  return `${name} ${changeText(values.map((value) => value && shortVersion(value)))}`;
}

/** A commit behind a version is cut: "1.2 @ 1f3c9ab". */
function shortVersion(version: string): string {
  return version.replace(/( @ [0-9a-f]{7})[0-9a-f]+$/, "$1");
}

/** "a → b"; of more than two sides each value once: "a / b / c". */
export function changeText(values: readonly (string | null)[]): string {
  const shown = values.map((value) => value ?? "none");
  return values.length === 2 ? shown.join(" → ") : [...new Set(shown)].join(" / ");
}
