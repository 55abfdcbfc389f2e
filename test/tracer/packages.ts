/** A virtual environment with the real packages that the tracer attaches to, made once and kept in .cache. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Python } from "./python";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const cache = fileURLToPath(new URL("../../.cache", import.meta.url));

/** The environment's interpreter, or, where the packages cannot be had, the reason. */
export function installPackages(python: Python): Python | string {
  const key = createHash("sha256").update(readFileSync(requirements)).update(python.executable).update(python.version);
  const folder = join(cache, `tracer-packages-${key.digest("hex").slice(0, 12)}`);
  const executable = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const done = join(folder, "installed");
  if (!existsSync(done)) {
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(dirname(folder), { recursive: true });
      execFileSync(python.executable, ["-m", "venv", folder]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
      execFileSync(executable, pip, { stdio: ["ignore", "pipe", "pipe"], timeout: 300_000 });
      writeFileSync(done, "");
    } catch (error) {
      return `the packages of ${requirements} cannot be installed: ${String(error).slice(0, 500)}`;
    }
  }
  return { ...python, executable };
}
