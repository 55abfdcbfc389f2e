/** The packages of a recorded environment as exact requirements. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { UserError } from "../domain/errors";
import type { Environment } from "../domain/run";

export interface Lock {
  /** E.g. "3.11.7". */
  python: string;
  /** "numpy==2.0.0", by name. */
  requirements: string[];
  /** What is of the environment but not made anew, as sentences. */
  left: string[];
  /** Where packages that are the project itself are imported from. */
  ownFolders: string[];
  /** Equal locks have equal keys. */
  key: string;
}

/**
 * `projectFolders`: where the restored code is; packages that are built from it are imported from there. Throws UserError
 * when the environment cannot be had again by name and version.
 */
export function lockOf(environment: Environment, projectFolders: readonly string[]): Lock {
  const { python, implementation, packages } = environment;
  if (!python) throw new UserError("No Python environment was recorded with this run, so none can be made.");
  if (implementation !== "cpython") {
    throw new UserError(`The run had ${implementation} ${python}; an environment can be made for CPython only.`);
  }
  const installed = new Set(Object.keys(packages).map(normal));
  const sources = projectFolders.filter((folder) => packageNames(folder).some((name) => installed.has(normal(name))));
  const ownFolders = sources.flatMap((folder) => [folder, path.join(folder, "src")]).filter((one) => existsSync(one));
  const own = new Set(sources.flatMap(packageNames).map(normal));
  const left: string[] = [];
  const requirements: string[] = [];
  for (const name of Object.keys(packages).sort()) {
    const version = packages[name]!;
    if (name.startsWith("conda:")) continue;
    if (own.has(normal(name))) left.push(`${name} is the project itself: it is imported from the restored code.`);
    else if (version.includes(" @ ")) throw new UserError(fromRepository(name, version));
    else requirements.push(`${name}==${version}`);
  }
  const conda = Object.keys(packages).filter((name) => name.startsWith("conda:"));
  if (conda.length > 0) {
    left.push(
      `${conda.length} packages were installed by conda (${conda[0]!.slice(6)}, …): those that are no Python packages are left out.`,
    );
  }
  const key = createHash("sha256")
    .update(JSON.stringify([python, implementation, process.platform, process.arch, requirements]))
    .digest("hex");
  return { python, requirements, left, ownFolders, key };
}

function fromRepository(name: string, version: string): string {
  return `${name} ${version} was installed from a repository whose address is not recorded, so it cannot be installed again. Reproduce without --environment where the run's own environment still is.`;
}

/** PEP 503. */
const normal = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");

/** The names of the packages that the folder is the source of. */
function packageNames(folder: string): string[] {
  const names: unknown[] = [];
  try {
    const toml = parseToml(read(folder, "pyproject.toml")) as { project?: Named; tool?: { poetry?: Named } };
    names.push(toml.project?.name, toml.tool?.poetry?.name);
  } catch {
    // Someone else's syntax error.
  }
  names.push(/^name\s*=\s*(\S+)/m.exec(read(folder, "setup.cfg"))?.[1]);
  names.push(/\bname\s*=\s*["']([^"']+)["']/.exec(read(folder, "setup.py"))?.[1]);
  return names.filter((name) => typeof name === "string");
}

interface Named {
  name?: unknown;
}

function read(folder: string, name: string): string {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
