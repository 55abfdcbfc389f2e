import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const cache = path.resolve(import.meta.dirname, "../.cache");

/** The Python that `npm test` names, else that of an environment it made before; undefined when none has scikit-learn. */
export function pythonWithPackages(): string | undefined {
  const named = process.env.MODELTRAIL_TEST_PYTHON;
  if (named) return named;
  const venvs = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("venv-")) : [];
  const program = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  return venvs.map((name) => path.join(cache, name, program)).find(hasScikitLearn);
}

function hasScikitLearn(candidate: string): boolean {
  try {
    execFileSync(candidate, ["-c", "import sklearn, matplotlib"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
