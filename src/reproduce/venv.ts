/**
 * Virtual environments from recorded packages, one for each set of them, kept for the next time. Made with `uv` where it is
 * installed, else with `venv` and `pip`; where packages come from is the user's own configuration of these.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../domain/errors";
import { findProgram } from "../snapshot/findProgram";
import { readDistributions } from "../snapshot/packages";
import { askPython } from "../snapshot/pythonNow";
import { explainInstall } from "./installFailure";
import type { Lock } from "./lock";
import { whileLocked } from "./lockFile";

export interface VenvOptions {
  /** Environments are kept below it. */
  storeFolder: string;
  /** The interpreter that ran; used as a base when it is still there. */
  recorded: string | null;
  env: NodeJS.ProcessEnv;
  onProgress(what: string): void;
  signal?: AbortSignal;
}

/** Written when all is installed. */
const COMPLETE = "modeltrail.complete";
/** What `venv` brings along. */
const SEEDS = ["pip", "setuptools", "wheel"];
const MAX_OUTPUT = 2 ** 26;

/** Gives the interpreter of an environment with exactly these packages. Throws UserError, saying which is not to be had. */
export async function makeVenv(lock: Lock, options: VenvOptions): Promise<string> {
  const folder = path.join(options.storeFolder, "environments", lock.key.slice(0, 16));
  const python = pythonIn(folder);
  if (existsSync(path.join(folder, COMPLETE)) && existsSync(python)) return python;
  mkdirSync(path.dirname(folder), { recursive: true });
  return await whileLocked(`${folder}.lock`, options.signal, async () => {
    if (existsSync(path.join(folder, COMPLETE))) return python;
    // What a build that was interrupted has left.
    rmSync(folder, { recursive: true, force: true });
    try {
      await build(folder, lock, options);
      writeFileSync(path.join(folder, COMPLETE), "");
      return python;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  });
}

function pythonIn(folder: string): string {
  return process.platform === "win32" ? path.join(folder, "Scripts", "python.exe") : path.join(folder, "bin", "python");
}

async function build(folder: string, lock: Lock, options: VenvOptions): Promise<void> {
  const uv = findProgram("uv", options.env);
  const base = await findBase(lock.python, uv, options);
  const count = lock.requirements.length;
  options.onProgress(`making an environment: Python ${lock.python}, ${count} packages`);
  const list = path.join(path.dirname(folder), `${path.basename(folder)}.txt`);
  writeFileSync(list, `${lock.requirements.join("\n")}\n`);
  const python = pythonIn(folder);
  const run = (program: string, args: string[]) => runTool(program, args, options);
  try {
    if (uv) {
      await run(uv, ["venv", "--quiet", "--no-project", "--python", base, folder]);
      // All packages are listed, so none is to be added.
      if (count > 0) await run(uv, ["pip", "install", "--quiet", "--no-deps", "--python", python, "-r", list]);
      return;
    }
    await run(base, ["-m", "venv", folder]);
    if (count > 0) {
      const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-input", "--disable-pip-version-check"];
      await run(python, [...pip, "-r", list]);
    }
    await removeSeeds(python, lock, options);
  } catch (error) {
    throw explainInstall(error, lock);
  } finally {
    rmSync(list, { force: true });
  }
}

/** The environment that ran may have had no pip; then this one has none either. */
async function removeSeeds(python: string, lock: Lock, options: VenvOptions): Promise<void> {
  const wanted = new Set(lock.requirements.map((line) => line.split("==")[0]!.toLowerCase()));
  const { path: folders } = await askPython(python, cleanEnvironment(options.env), options.signal);
  const cache = path.join(options.storeFolder, "cache");
  const present = (await readDistributions(folders, cache)).map(({ name }) => name.toLowerCase());
  const extra = SEEDS.filter((name) => present.includes(name) && !wanted.has(name));
  // pip last, which does it.
  extra.sort((one, other) => Number(one === "pip") - Number(other === "pip"));
  if (extra.length > 0) await runTool(python, ["-m", "pip", "uninstall", "--quiet", "--yes", ...extra], options);
}

/** An interpreter of exactly this version. */
async function findBase(version: string, uv: string | undefined, options: VenvOptions): Promise<string> {
  const [major, minor] = version.split(".");
  const home = options.env.PYENV_ROOT ?? path.join(os.homedir(), ".pyenv");
  const names = [`python${major}.${minor}`, `python${major}`, "python"];
  const candidates = [
    options.recorded,
    path.join(home, "versions", version, "bin", "python"),
    ...names.map((name) => findProgram(name, options.env)),
  ].filter((candidate) => typeof candidate === "string");
  const seen = new Set<string>();
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const found = await askPython(candidate, cleanEnvironment(options.env), options.signal).catch(() => null);
    if (found?.version === version && found.implementation === "cpython") return found.executable;
    if (found) seen.add(found.version);
  }
  if (uv) {
    // It finds others, and fetches one where the user lets it.
    options.onProgress(`looking for Python ${version}`);
    const found = await runTool(uv, ["python", "install", "--quiet", version], options).then(
      () => runTool(uv, ["python", "find", "--no-project", version], options),
      () => "",
    );
    if (found.trim() !== "") return found.trim();
  }
  const others = seen.size > 0 ? ` (found: ${[...seen].join(", ")})` : "";
  throw new UserError(
    `The run had Python ${version}, which is not on this machine${others}. Install it (uv python install ${version}, or pyenv install ${version}) and try again.`,
  );
}

async function runTool(program: string, args: string[], { env, signal }: VenvOptions): Promise<string> {
  const options = { env: cleanEnvironment(env), signal, maxBuffer: MAX_OUTPUT, windowsHide: true };
  return (await promisify(execFile)(program, args, options)).stdout;
}

/** What leads Python or uv to another environment must not lead it out of ours. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = { ...env };
  for (const name of ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT"]) {
    delete clean[name];
  }
  return clean;
}
