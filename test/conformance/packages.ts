/** Pythons with MLflow and its server from PyPI: those that `npm test` made, else of virtual environments that are made once and kept in .cache. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonWithMlflow } from "../mlflow/python";
import { findPythons } from "../tracer/python";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const requirements = {
  current: fileURLToPath(new URL("../mlflow/requirements.txt", import.meta.url)),
  /** The last version of MLflow before 3. */
  before3: fileURLToPath(new URL("../mlflow/requirements-2.txt", import.meta.url)),
};
export type Release = keyof typeof requirements;

/** An interpreter that has this MLflow, or, where the packages cannot be had, `missing`: the reason. */
export function installMlflow(release: Release): { executable: string } | { missing: string } {
  const present = release === "current" ? pythonWithMlflow() : process.env.MODELTRAIL_TEST_MLFLOW_2_PYTHON;
  if (present) return { executable: present };
  // 2.x does not run on the newest.
  const python = findPythons()
    .filter(({ minor }) => minor >= 10 && minor <= 12)
    .at(-1);
  if (!python) return { missing: "there is no Python 3.10, 3.11 or 3.12" };
  const file = requirements[release];
  const key = createHash("sha256").update(readFileSync(file)).update(python.executable).update(python.version);
  const folder = join(cache, `mlflow-${key.digest("hex").slice(0, 12)}`);
  const executable = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const done = join(folder, "installed");
  if (!existsSync(done)) {
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(dirname(folder), { recursive: true });
      execFileSync(python.executable, ["-m", "venv", folder]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", file];
      execFileSync(executable, pip, { stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 });
      writeFileSync(done, "");
    } catch (error) {
      return { missing: `the packages of ${file} cannot be installed: ${String(error).slice(0, 500)}` };
    }
  }
  return { executable };
}
