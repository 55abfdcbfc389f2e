/** The checks of `modeltrail doctor`. None writes into the project. */
import { execFile } from "node:child_process";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { formatSize } from "../domain/format";
import { commandEnvironment } from "../recorder/process/environment";
import { findPython } from "../recorder/process/findPython";
import { readRules } from "../space/rules";
import { folderSize } from "../space/sizes";
import { isWritable, locateRoot, storeExists } from "../store/locate";
import { openStore } from "../store/open";

export interface Check {
  name: string;
  /** error: runs cannot be recorded. warning: they can, but something will be missing. */
  status: "ok" | "warning" | "error";
  message: string;
  /** What to do about it. */
  advice?: string;
}

type Result = Omit<Check, "name">;

const LITTLE_SPACE = 1e9;
/** Bounds what hangs, like a Python on a sleeping network disk. */
const TIMEOUT_MS = 20_000;
const execute = promisify(execFile);

export async function runChecks(cwd: string): Promise<Check[]> {
  const { root, folder } = locateRoot(cwd);
  const checks: [name: string, check: () => Result | Promise<Result>][] = [
    ["node", checkNode],
    ["store", () => checkStore(root, folder)],
    ["space", () => checkSpace(root)],
    ["disk", () => checkDisk(root, folder)],
    ["copies", () => checkReflink(folder)],
    ["git", () => checkGit(root)],
    ["python tracer", () => checkTracer(cwd, root)],
    ["terminal", checkTerminal],
    ["cpu and memory", checkSamples],
    ["gpu", checkGpu],
  ];
  return await Promise.all(checks.map(async ([name, check]) => ({ name, ...(await check()) })));
}

function checkNode(): Result {
  return { status: "ok", message: `${process.version} with SQLite ${process.versions.sqlite ?? "of its own"}` };
}

function checkStore(root: string, folder: string): Result {
  if (!storeExists(root)) {
    if (isWritable(root)) return { status: "ok", message: `${folder} is made with the first run` };
    return {
      status: "warning",
      message: `${root} is read-only, so its runs will be kept in ${folder}`,
      advice: "Set MODELTRAIL_DIR to keep them elsewhere.",
    };
  }
  try {
    const store = openStore(root, { create: false });
    try {
      const runs = store.listRuns({ limit: 1 }).total;
      const message = `${store.folder}: ${runs} ${runs === 1 ? "run" : "runs"}`;
      return store.notices.length > 0
        ? { status: "warning", message, advice: store.notices.join(" ") }
        : { status: "ok", message };
    } finally {
      store.close();
    }
  } catch (error) {
    return { status: "error", message: (error as Error).message };
  }
}

/** What the store takes, against the budget that the project gives it. */
async function checkSpace(root: string): Promise<Result> {
  if (!storeExists(root)) return { status: "ok", message: "nothing is kept yet" };
  try {
    const [rules, size] = await Promise.all([readRules(root), folderSize(locateRoot(root).folder)]);
    const message = `${formatSize(size)} are kept`;
    if (rules.budget === null || size <= rules.budget) return { status: "ok", message };
    return {
      status: "warning",
      message: `${message}, more than the budget of ${formatSize(rules.budget)}`,
      advice: "See what can go: modeltrail gc --dry-run",
    };
  } catch (error) {
    return { status: "warning", message: (error as Error).message };
  }
}

function checkDisk(root: string, folder: string): Result {
  const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : root);
  const free = bavail * bsize;
  if (free >= LITTLE_SPACE) return { status: "ok", message: `${formatSize(free)} free` };
  return {
    status: "warning",
    message: `only ${formatSize(free)} free, so data and artifacts may not be kept`,
    advice: "Free some space, or set MODELTRAIL_DIR to a folder on another disk.",
  };
}

/** Whether copies of data share their blocks with the originals. */
function checkReflink(folder: string): Result {
  if (!existsSync(folder)) return { status: "ok", message: "whether copies take space is known after the first run" };
  let trial: string | undefined;
  try {
    trial = mkdtempSync(join(folder, "tmp", "doctor-"));
    writeFileSync(join(trial, "a"), "a");
    copyFileSync(join(trial, "a"), join(trial, "b"), constants.COPYFILE_FICLONE_FORCE);
    return { status: "ok", message: "kept data shares its blocks with the originals" };
  } catch {
    return { status: "ok", message: "this file system has no reflinks, so kept data takes its size again, once" };
  } finally {
    if (trial) rmSync(trial, { recursive: true, force: true });
  }
}

async function checkGit(root: string): Promise<Result> {
  let version: string;
  try {
    version = (await execute("git", ["--version"], { timeout: TIMEOUT_MS })).stdout.trim();
  } catch {
    return {
      status: "warning",
      message: "git is not installed or not on PATH, so code is not kept",
      advice: "Install git: https://git-scm.com/downloads",
    };
  }
  try {
    const { stdout } = await execute("git", ["-C", root, "rev-parse", "--show-toplevel"], { timeout: TIMEOUT_MS });
    return { status: "ok", message: `${version}; repository ${stdout.trim()}` };
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? "";
    const [, untrusted] = /dubious ownership in repository at '(.*)'/.exec(said) ?? [];
    if (untrusted) {
      return {
        status: "warning",
        message: `${version}; it does not trust ${untrusted}, because another user owns it`,
        advice: `To trust it: git config --global --add safe.directory '${untrusted}'`,
      };
    }
    return { status: "ok", message: `${version}; no repository here, so code is kept in the store` };
  }
}

/** Starts the Python that a run would likely use, and looks whether the tracer tells of it. */
async function checkTracer(cwd: string, root: string): Promise<Result> {
  const python =
    [join(cwd, ".venv"), join(root, ".venv")]
      .map((venv) => (process.platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python")))
      .find((path) => existsSync(path)) ?? (process.platform === "win32" ? "python" : "python3");
  const spool = mkdtempSync(join(tmpdir(), "modeltrail-doctor-"));
  try {
    const env = commandEnvironment(process.env, { runId: "0".repeat(32), spool, root });
    const { stdout } = await execute(python, ["-c", "import sys; print(sys.version.split()[0], sys.executable)"], {
      env,
      timeout: TIMEOUT_MS,
    });
    const told = readdirSync(spool).some((name) => readFileSync(join(spool, name), "utf8").includes('"start"'));
    if (told) return { status: "ok", message: `works in Python ${stdout.trim()}` };
    return {
      status: "warning",
      message: `did not start in Python ${stdout.trim()}, so params, data files and packages are not seen`,
      advice: "Python 3.8 or later is needed, started without -I, -E or -S.",
    };
  } catch (error) {
    return {
      status: "warning",
      message: `${python} could not be started (${(error as Error).message.split("\n")[0]})`,
      advice: "Install Python 3.8 or later; other commands are recorded without it.",
    };
  } finally {
    rmSync(spool, { recursive: true, force: true });
  }
}

function checkTerminal(): Result {
  if (process.platform === "win32") {
    return process.env.MODELTRAIL_NODE_PTY
      ? { status: "ok", message: "commands get one from the editor's node-pty" }
      : { status: "warning", message: "commands get pipes outside of VS Code, so progress bars may look plain" };
  }
  const python = findPython(process.env, []);
  if (python) return { status: "ok", message: `commands get one of their own, made by ${python}` };
  return {
    status: "warning",
    message: "there is no Python to make one, so commands get pipes",
    advice: "Install Python 3.",
  };
}

function checkSamples(): Result {
  if (process.platform !== "win32") return { status: "ok", message: "sampled for the whole process tree" };
  return { status: "warning", message: "not sampled on Windows" };
}

async function checkGpu(): Promise<Result> {
  try {
    const { stdout } = await execute("nvidia-smi", ["-L"], { timeout: TIMEOUT_MS });
    return { status: "ok", message: stdout.trim().split("\n").join(", ") };
  } catch {
    return { status: "ok", message: "no NVIDIA GPU found (nvidia-smi is not there), so none is sampled" };
  }
}
