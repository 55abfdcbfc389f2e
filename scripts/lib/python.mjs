import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { paths } from "./paths.mjs";
import { run } from "./processes.mjs";
import { fingerprint, once } from "./stamp.mjs";

const UV = "0.13.9";
const INSTALL_LIMIT = 15 * 60_000;

/** The Python 3 of this machine; throws a sentence when there is none. */
export function systemPython() {
  const candidates = [process.env.MODELTRAIL_PYTHON, "python3", "python"].filter(Boolean);
  for (const command of candidates) {
    try {
      const program = "import sys; assert sys.version_info >= (3, 8); print(sys.executable, sys.version)";
      // The version is part of it: a venv does not outlive an upgrade of the Python it was made from.
      return { command, identity: execFileSync(command, ["-c", program], { encoding: "utf8" }) };
    } catch {
      // Not here, or too old: try the next.
    }
  }
  throw new Error("Python 3.8 or newer is missing: install Python 3 with venv, or set MODELTRAIL_PYTHON to its path.");
}

/**
 * A virtual environment in the cache with what the requirement files pin, made once per content of theirs.
 * @param {string[]} requirementFiles absolute paths; those that do not exist are left out
 * @param {{ command: string, identity: string, options?: string[] }} base what it is made from, and how
 * @returns {Promise<string | undefined>} its Python; undefined, with a sentence printed, when the packages cannot be had
 */
export async function ensureVenv(requirementFiles, base = systemPython()) {
  const files = requirementFiles.filter((file) => existsSync(file));
  const { command, identity, options = [] } = base;
  const key = await fingerprint(files, identity);
  const folder = path.join(paths.cache, `venv-${key}`);
  const python = programIn(folder, "python");
  try {
    await once(path.join(folder, ".stamp"), key, () => makeVenv(folder, [command, ...options], python, files));
    return python;
  } catch (error) {
    console.log(`${error.message} Going on without these packages.`);
    return undefined;
  }
}

/** In a virtual environment. */
function programIn(folder, name) {
  return path.join(folder, process.platform === "win32" ? `Scripts/${name}.exe` : `bin/${name}`);
}

async function makeVenv(folder, [command, ...options], python, files) {
  console.log(
    `Making a Python environment with ${files.map((file) => path.relative(paths.root, file)).join(" and ")} …`,
  );
  await rm(folder, { recursive: true, force: true });
  if ((await run(command, ["-m", "venv", ...options, folder])) !== 0) {
    await rm(folder, { recursive: true, force: true });
    throw new Error("Python could not make a virtual environment (on Debian the package python3-venv is needed).");
  }
  const requirements = files.flatMap((file) => ["-r", file]);
  if (!(await installByUv(command, python, requirements)) && !(await installByPip(python, requirements))) {
    await rm(folder, { recursive: true, force: true });
    throw new Error("The Python packages could not be installed from PyPI.");
  }
}

/** Takes a quarter of pip's time, and fetches once what several environments have. It does not know how pip is configured here: where it fails, pip may not. */
async function installByUv(command, python, requirements) {
  const folder = path.join(paths.cache, `uv-${UV}`);
  const program = programIn(folder, "uv");
  const make = async () => {
    await rm(folder, { recursive: true, force: true });
    const isMade = (await run(command, ["-m", "venv", folder])) === 0;
    if (!isMade || !(await installByPip(programIn(folder, "python"), [`uv==${UV}`]))) throw new Error("no uv");
  };
  const isHere = await once(path.join(folder, ".stamp"), UV, make).then(
    () => true,
    () => false,
  );
  // The certificates that this machine trusts, as pip does: a proxy may have its own.
  const options = ["--quiet", "--system-certs", "--cache-dir", path.join(paths.cache, "uv-packages")];
  const install = ["pip", "install", "--compile-bytecode", "--python", python, ...requirements];
  return isHere && (await run(program, [...options, ...install], { limit: INSTALL_LIMIT })) === 0;
}

async function installByPip(python, requirements) {
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "3", ...requirements];
  return (await run(python, pip, { limit: INSTALL_LIMIT })) === 0;
}
