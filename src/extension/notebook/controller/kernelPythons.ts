/** The Pythons on which notebooks can run. */
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import type * as vscode from "vscode";
import type { Log } from "../../log";
import { findInterpreters } from "../../run/interpreter";

export interface KernelPython {
  /** Absolute path. */
  executable: string;
  /** E.g. "3.11.7". */
  version: string;
  /** What people call its environment: its folder's name. */
  environment: string;
  hasKernel: boolean;
  /** The one that a script would run with. */
  isSelected: boolean;
}

/** Imports nothing but the standard library: finding a package does not run it. */
const LOOK = `import importlib.util as util, json, platform, sys
has = all(util.find_spec(name) for name in ("ipykernel", "jupyter_client", "zmq"))
venv = sys.prefix != sys.base_prefix
print(json.dumps([sys.executable, platform.python_version(), sys.prefix if venv else "", bool(has)]))`;
const ANSWER_WITHIN_MS = 20_000;

/** Only in a trusted workspace: it starts each Python that is found. */
export async function findKernelPythons(near: vscode.Uri, log: Log): Promise<KernelPython[]> {
  const found = await findInterpreters(near, log);
  const looked = await Promise.all(found.map((executable) => look(executable, log)));
  const pythons = new Map<string, KernelPython>();
  for (const [at, python] of looked.entries()) {
    if (python && !pythons.has(python.executable)) pythons.set(python.executable, { ...python, isSelected: at === 0 });
  }
  // Without a kernel, only the one that the user chose, so that running a cell can say what is missing.
  return [...pythons.values()].filter(({ hasKernel, isSelected }) => hasKernel || isSelected);
}

async function look(executable: string, log: Log): Promise<Omit<KernelPython, "isSelected"> | undefined> {
  try {
    const [own, version, prefix, hasKernel] = JSON.parse(await run(executable)) as [string, string, string, boolean];
    const environment = prefix === "" ? "system" : path.basename(prefix);
    return { executable: own || executable, version, environment, hasKernel };
  } catch (error) {
    log.error(`ask ${executable} for its kernel`, error);
    return undefined;
  }
}

/** Not in the project's folder, whose files must not be taken for modules. */
function run(executable: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: tmpdir(), timeout: ANSWER_WITHIN_MS, windowsHide: true };
    execFile(executable, ["-c", LOOK], options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
