/** Virtual environments with MLflow from PyPI, made once and kept in .cache. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPythons, type Python } from "../tracer/python";

/** MLflow whole, with its own server; and the client alone, of the last version before 3. */
export const MLFLOW = "mlflow==3.17.2";
export const OLD_CLIENT = "mlflow-skinny==2.22.4";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));

/** The environment's interpreter, or, where the package cannot be had, the reason. */
export function installMlflow(requirement: string): Python | string {
  // 2.x does not run on the newest.
  const python = findPythons()
    .filter(({ minor }) => minor >= 10 && minor <= 12)
    .at(-1);
  if (!python) return "there is no Python 3.10, 3.11 or 3.12";
  const key = createHash("sha256").update(requirement).update(python.executable).update(python.version);
  const folder = join(cache, `mlflow-${key.digest("hex").slice(0, 12)}`);
  const executable = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const done = join(folder, "installed");
  if (!existsSync(done)) {
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(dirname(folder), { recursive: true });
      execFileSync(python.executable, ["-m", "venv", folder]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement];
      execFileSync(executable, pip, { stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 });
      writeFileSync(done, "");
    } catch (error) {
      return `${requirement} cannot be installed: ${String(error).slice(0, 500)}`;
    }
  }
  return { ...python, executable };
}
