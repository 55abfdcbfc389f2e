/** What a command line runs: its script, and the experiment that its runs belong to by default. */
import { existsSync, statSync } from "node:fs";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";

export interface CommandDescription {
  /** Relative to the project root with `/`; null when the command is not a script of the project. */
  script: string | null;
  experiment: string;
  /** Whether the command is a Python interpreter, so that the tracer should be heard of. */
  isPython: boolean;
}

const SCRIPT_EXTENSIONS = new Set([".py", ".pyw", ".sh", ".r", ".jl", ".ipynb", ".m", ".js", ".mjs", ".ts", ".lua"]);
const PYTHON = /^(?:python|pypy)(?:w|\d+(?:\.\d+)*t?)?(?:\.exe)?$/i;
/** Options of python that take the next argument as their value. */
const WITH_VALUE = new Set(["-W", "-X", "--check-hash-based-pycs"]);

/**
 * `python train.py`, `python -m pkg.train`, `./train.py`, `torchrun --nproc-per-node 2 train.py`: the first argument that
 * is a script file counts, whatever launches it.
 */
export function describeCommand(command: string[], cwd: string, root: string): CommandDescription {
  const [program = ""] = command;
  const isPython = PYTHON.test(basename(program));
  const target = isPython ? pythonTarget(command) : { file: scriptAmong(command, cwd) };
  if (target.module !== undefined) {
    const file = moduleFile(target.module, cwd);
    return { script: file && inside(root, file), experiment: target.module, isPython };
  }
  if (target.file === undefined) return { script: null, experiment: stem(program), isPython };
  const file = resolve(cwd, target.file);
  const script = inside(root, file);
  return { script, experiment: withoutExtension(script ?? basename(file)), isPython };
}

/** What an interpreter is told to run; neither for `-c` and for reading from a terminal or pipe. */
function pythonTarget(command: string[]): { file?: string; module?: string } {
  for (let at = 1; at < command.length; at++) {
    const argument = command[at]!;
    if (WITH_VALUE.has(argument)) at++;
    else if (argument === "-" || /^-[^-]*c/.test(argument)) return {};
    // Options can be joined: -um pkg, and the value too: -mpkg.
    else if (/^-[^-]*m/.test(argument)) {
      const module = argument.slice(argument.indexOf("m") + 1) || command[at + 1];
      return module === undefined ? {} : { module };
    } else if (!argument.startsWith("-")) return { file: argument };
  }
  return {};
}

function scriptAmong(command: string[], cwd: string): string | undefined {
  return command.find(
    (argument) => SCRIPT_EXTENSIONS.has(extname(argument).toLowerCase()) && isFile(resolve(cwd, argument)),
  );
}

function moduleFile(module: string, cwd: string): string | null {
  const path = join(cwd, ...module.split("."));
  return [`${path}.py`, join(path, "__main__.py")].find(isFile) ?? null;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Relative to the root with `/`; null when it lies outside. */
function inside(root: string, file: string): string | null {
  const path = relative(root, file);
  return path === "" || path.startsWith(`..${sep}`) || isAbsolute(path) ? null : path.split(sep).join("/");
}

function withoutExtension(path: string): string {
  return path.slice(0, path.length - extname(path).length) || path;
}

function stem(program: string): string {
  return basename(program).replace(/\.(?:exe|cmd|bat)$/i, "") || "command";
}
