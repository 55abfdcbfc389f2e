/** The Python that has MLflow's client, which these tests run as it comes from PyPI. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const cache = path.resolve(import.meta.dirname, "../../.cache");

/** The one that `npm test` names, else of an environment that it made before; undefined when there is none. */
export function pythonWithMlflow(): string | undefined {
  const named = process.env.MODELTRAIL_TEST_MLFLOW_PYTHON;
  if (named) return named;
  const venvs = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("venv-")) : [];
  const program = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  return venvs.map((name) => path.join(cache, name, program)).find(hasMlflow);
}

function hasMlflow(candidate: string): boolean {
  try {
    const find =
      "import importlib.util as i, sys; sys.exit(not all(map(i.find_spec, ['mlflow', 'sklearn', 'lightgbm'])))";
    execFileSync(candidate, ["-c", find], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
