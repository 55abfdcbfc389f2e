/**
 * What the serving app needs besides the packages of a Python that is not ours: installed once into a folder of our own, never
 * into that Python's. Packages that both have are of the same version in both, so that their order does not matter.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../domain/errors";
import { explainInstall } from "../../reproduce/installFailure";
import { whileLocked } from "../../reproduce/lockFile";
import { cleanEnvironment } from "../../reproduce/venv";
import type { Interpreter } from "../../snapshot/environment";
import { findProgram } from "../../snapshot/findProgram";
import { lineOf, SERVE_NAMES, servePins } from "../bundle/servePackages";
import { minorOf } from "./findPython";
import { lockKey } from "./lockKey";

export interface InstallOptions {
  storeFolder: string;
  env: NodeJS.ProcessEnv;
  onStep(detail: string): void;
  signal: AbortSignal;
}

/** Without them it cannot serve; the others make it quicker. */
const NEEDED = ["fastapi", "uvicorn"];
const QUICK = ["orjson", "httptools", "uvloop"];
const MAX_OUTPUT = 2 ** 24;

/** The folder, to be put on the path; null when nothing is missing. `installed`: version by normal name. */
export async function servePackages(
  python: Interpreter,
  installed: ReadonlyMap<string, string>,
  options: InstallOptions,
): Promise<string | null> {
  const platform = process.platform === "win32" ? NEEDED : [...NEEDED, ...QUICK];
  const missing = platform.filter((name) => !installed.has(name));
  if (missing.length === 0) return null;
  const shared = [...SERVE_NAMES].filter((name) => installed.has(name)).sort();
  const constraints = shared.map((name) => `${name}==${installed.get(name)!.split(" @ ")[0]}`);
  const pins = servePins(minorOf(python.version), new Map(), new Map()).map(lineOf);
  // Among packages that are there already, pip has to find versions that go with those.
  const wanted = shared.length === 0 ? pins : missing;
  const key = lockKey(python.version, [...wanted, "", ...constraints]).slice(0, 16);
  const folder = path.join(options.storeFolder, "environments", `serve-${key}`);
  if (existsSync(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    return await whileLocked(`${folder}.lock`, options.signal, async () => {
      if (!existsSync(folder)) await install(python, folder, { wanted, constraints }, options);
      return folder;
    });
  } catch (error) {
    // It serves without these, only slower.
    if (!missing.some((name) => NEEDED.includes(name)) && !options.signal.aborted) return null;
    throw error;
  }
}

/** All of it, or nothing. */
async function install(
  python: Interpreter,
  folder: string,
  { wanted, constraints }: { wanted: string[]; constraints: string[] },
  options: InstallOptions,
): Promise<void> {
  options.onStep(`Fetching the packages that serve models (${NEEDED.join(", ")} and what they need)`);
  const made = `${folder}.${randomBytes(4).toString("hex")}`;
  const list = `${made}.txt`;
  try {
    await writeFile(list, `${constraints.join("\n")}\n`);
    await run(await installer(python, options), [...wanted.map((line) => line.trim())], { made, list }, options);
    await rename(made, folder);
  } catch (error) {
    throw explain(error, python, wanted);
  } finally {
    await rm(list, { force: true });
    await rm(made, { recursive: true, force: true });
  }
}

type Installer = (place: { made: string; list: string }) => [string, ...string[]];

/** uv where it is installed, else the Python's own pip, else that of another Python. */
async function installer(python: Interpreter, { env, signal }: InstallOptions): Promise<Installer> {
  const uv = findProgram("uv", env);
  const common = ({ made, list }: { made: string; list: string }) => ["--target", made, "--constraint", list];
  if (uv) {
    return (place) => [
      uv,
      "pip",
      "install",
      "--quiet",
      "--only-binary",
      ":all:",
      "--python",
      python.executable,
      ...common(place),
    ];
  }
  const pip = [
    "-m",
    "pip",
    "--disable-pip-version-check",
    "install",
    "--quiet",
    "--no-input",
    "--only-binary",
    ":all:",
  ];
  const has = (program: string) =>
    promisify(execFile)(program, ["-m", "pip", "--version"], { env: cleanEnvironment(env), signal }).then(
      () => true,
      () => false,
    );
  if (await has(python.executable)) return (place) => [python.executable, ...pip, ...common(place)];
  const other = ["python3", "python"].map((name) => findProgram(name, env)).find((found) => found !== undefined);
  if (other && (await has(other))) {
    const version = ["--python-version", minorOf(python.version), "--implementation", "cp"];
    return (place) => [other, ...pip, ...version, ...common(place)];
  }
  throw new UserError(
    `${python.executable} has neither FastAPI and uvicorn, which serve models, nor pip to fetch them. Install uv or pip, or those packages there.`,
  );
}

async function run(
  command: Installer,
  wanted: readonly string[],
  place: { made: string; list: string },
  { env, signal }: InstallOptions,
): Promise<void> {
  const [program, ...args] = command(place);
  await promisify(execFile)(program, [...args, ...wanted], {
    env: cleanEnvironment(env),
    signal,
    maxBuffer: MAX_OUTPUT,
    windowsHide: true,
  });
}

function explain(error: unknown, { version }: Interpreter, wanted: readonly string[]): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC")
    return new UserError("The disk is full: the packages that serve models could not be installed.");
  const why = explainInstall(error, { requirements: [...wanted], python: version });
  if (!(why instanceof UserError) || why === error) return why;
  return new UserError(
    `The packages that serve models could not be installed beside the project's. ${why.message} Without network, install fastapi and uvicorn in the project's Python.`,
    { cause: error },
  );
}
