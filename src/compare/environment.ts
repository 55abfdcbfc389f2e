/** Environments of several sides: Python, its packages, variables. */
import type { ComparedEnvironment, ComparedPackage, ComparedText } from "../domain/comparison";
import { formatSize } from "../domain/format";
import type { Environment } from "../domain/run";
import { describeEnvironment } from "./environmentSummary";
import { byName, compareText, compareTexts } from "./texts";

/** Null: the environment of the side is not known. */
export type EnvironmentSide = Environment | null;

export function compareEnvironments(sides: readonly EnvironmentSide[], all = false): ComparedEnvironment {
  const known = sides.map((side) => side !== null);
  const python = rows(sides, all, {
    version: ({ python }) => python,
    implementation: ({ implementation }) => implementation,
    executable: ({ executable }) => executable,
  });
  const packages = comparePackages(sides, all);
  const variables = compareTexts(
    sides.map((side) => side?.variables ?? null),
    all,
  );
  return { summary: describeEnvironment({ python, packages, variables }), known, python, packages, variables };
}

/** The machines that the sides ran on, of which an environment tells as well. */
export function compareHosts(sides: readonly EnvironmentSide[], all = false): ComparedText[] {
  return rows(sides, all, {
    platform: ({ platform }) => platform,
    cpu: ({ cpu }) => cpu,
    cores: ({ cores }) => String(cores),
    memory: ({ memory }) => formatSize(memory),
    gpu: ({ gpus }) => (gpus.length > 0 ? gpus.join(", ") : null),
  });
}

function rows(
  sides: readonly EnvironmentSide[],
  all: boolean,
  values: Record<string, (side: Environment) => string | null>,
): ComparedText[] {
  return Object.entries(values)
    .map(([name, read]) =>
      compareText(
        name,
        sides.map((side) => side && read(side)),
        sides,
      ),
    )
    .filter(({ differs, values }) => differs || (all && values.some((value) => value !== null)));
}

function comparePackages(sides: readonly EnvironmentSide[], all: boolean): ComparedPackage[] {
  const spelling = new Map<string, string>();
  const imported = new Set<string>();
  const bySide = sides.map((side) => {
    if (!side) return null;
    for (const name of side.imported) imported.add(normalName(name));
    const versions = new Map<string, string>();
    for (const [name, version] of Object.entries(side.packages)) {
      const normal = normalName(name);
      if (!spelling.has(normal)) spelling.set(normal, name);
      versions.set(normal, version);
    }
    return versions;
  });
  const compared: ComparedPackage[] = [];
  for (const [normal, name] of spelling) {
    const values = bySide.map((versions) => versions?.get(normal) ?? null);
    // Versions are compared as they are written: 1.10 is not 1.1.
    const having = values.filter((_, side) => bySide[side] !== null);
    const differs = having.some((value) => value !== having[0]);
    if (differs || all) compared.push({ name, values, differs, imported: imported.has(normal) });
  }
  return compared.sort(byName);
}

/** PEP 503: the same distribution under any of the spellings of its name. Others' packages ("conda:…") stay as they are. */
function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
