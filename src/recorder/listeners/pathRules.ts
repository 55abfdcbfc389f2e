/** Which files say something about a run, and which are noise of the tools around it. */
import { existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, sep } from "node:path";

export interface PathRules {
  /** Whether reading this file (absolute path) is part of what the run depends on. */
  isData(path: string): boolean;
  /** Whether writing it is a result of the run. */
  isResult(path: string): boolean;
  /** Whether nobody should look into this folder for results. */
  isClosed(folder: string): boolean;
}

/** Made by tools for themselves, wherever they are. */
const TOOL_FOLDERS = new Set([
  ".git",
  ".hg",
  ".svn",
  ".modeltrail",
  ".dvc",
  "__pycache__",
  ".ipynb_checkpoints",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".tox",
  ".nox",
  ".eggs",
  ".vscode",
  ".idea",
  "node_modules",
  "site-packages",
  "dist-packages",
]);
/** Where python/kernel puts how to reach a kernel. */
const KERNEL_FOLDER = /^modeltrail-kernel-/;
const TOOL_FILE = /\.py[co]$|\.lock$|^\.DS_Store$|^pyvenv\.cfg$/;
/** In the home folder's caches, what says nothing about a run's results. */
const TOOL_CACHES = ["matplotlib", "fontconfig", "pip", "uv", "mesa_shader_cache", "pypoetry", "node", "modeltrail"];

/** By the name, for the content must not be looked at, much less kept. */
export function looksSecret(path: string): boolean {
  const name = basename(path).toLowerCase();
  return (
    /^\.env(?:$|\.(?!example|sample|template))/.test(name) ||
    /^(?:\.netrc|_netrc|\.pypirc|\.npmrc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)|kaggle\.json)$/.test(name) ||
    /\.(?:pem|key|p12|pfx|keystore)$/.test(name) ||
    /^(?:.*[._-])?(?:secrets?|credentials?)(?:[._-].*)?\.(?:json|ya?ml|toml|ini|cfg|txt)$/.test(name)
  );
}

/** What else is known of where files are; default: as on this machine. */
export interface Places {
  /** The root of the code, which may be above the project, when that is a copy that lies below the store. */
  codeRoot?: string | undefined;
  /** Of the user. */
  home?: string;
  /** Folders of temporary files. */
  temporary?: readonly string[];
}

/** `root`: the project's folder; `store`: the store folder, which is nobody's data. */
export function createPathRules(root: string, store: string, places: Places = {}): PathRules {
  const inProject = isBelow(root);
  // A reproduction lies below the store: its project is judged by itself.
  const inStore = isBelow(store)(root) ? () => false : isBelow(store);
  const { home = homedir(), temporary = [...new Set([tmpdir(), "/tmp", "/var/tmp"])], codeRoot } = places;
  const inCode = codeRoot === undefined ? () => false : isBelow(codeRoot);
  const inHome = isBelow(home);
  const inTemporary = temporary.map(isBelow);
  const environments = new Map<string, boolean>();

  /** A virtual environment can have any name; what makes it one is a file in it. */
  function isEnvironment(folder: string): boolean {
    let known = environments.get(folder);
    if (known === undefined) {
      known = existsSync(join(folder, "pyvenv.cfg")) || existsSync(join(folder, "conda-meta"));
      environments.set(folder, known);
    }
    return known;
  }

  function isTool(path: string): boolean {
    if (inStore(path) || TOOL_FILE.test(basename(path))) return true;
    // How a copy of the code is called says nothing of what is in it.
    const base = inProject(path) ? root : inCode(path) ? codeRoot! : "";
    const parts = path.slice(base.length).split(sep);
    if (parts.slice(0, -1).some((part) => TOOL_FOLDERS.has(part) || KERNEL_FOLDER.test(part))) return true;
    if (!inProject(path)) return false;
    for (let folder = dirname(path); folder !== root && inProject(folder); folder = dirname(folder)) {
      if (isEnvironment(folder)) return true;
    }
    return false;
  }

  /** Settings, logins and tools of the user, not data: what begins with a dot in the home folder, but for caches of data. */
  function isPersonal(path: string): boolean {
    if (!inHome(path)) return false;
    const [first = "", second = ""] = path.slice(home.length + 1).split(sep);
    if (first === ".cache") return TOOL_CACHES.includes(second) || basename(path) === "token";
    return first.startsWith(".") && !/^\.(?:keras|torch|cache|datasets?|data)$/.test(first);
  }

  return {
    isData: (path) => !isTool(path) && (inProject(path) || !isPersonal(path)),
    isResult(path) {
      if (isTool(path)) return false;
      if (inProject(path)) return true;
      const inCache = inHome(path) && path.slice(home.length + 1).startsWith(".");
      return !inCache && !/^\/(?:dev|proc|sys|run)\//.test(path) && !inTemporary.some((isIn) => isIn(path));
    },
    isClosed: (folder) => TOOL_FOLDERS.has(basename(folder)) || inStore(folder) || isEnvironment(folder),
  };
}

function isBelow(folder: string): (path: string) => boolean {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  return (path) => path === folder || path.startsWith(prefix);
}
