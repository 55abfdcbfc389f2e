/** The Python that has ipykernel, which these tests run as it comes from PyPI. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const cache = path.resolve(import.meta.dirname, "../../.cache");

/** The one that `npm test` names, else of an environment that it made before; undefined when there is none. */
export function pythonWithKernel(): string | undefined {
  const named = process.env.MODELTRAIL_TEST_KERNEL_PYTHON;
  if (named) return named;
  const venvs = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("venv-")) : [];
  const program = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  return venvs.map((name) => path.join(cache, name, program)).find(hasKernel);
}

function hasKernel(candidate: string): boolean {
  try {
    const find = "import importlib.util as i, sys; sys.exit(not (i.find_spec('ipykernel') and i.find_spec('sklearn')))";
    execFileSync(candidate, ["-c", find], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
