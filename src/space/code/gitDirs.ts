/** The git directories that hold code of runs. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { KeptCode, Store } from "../../store/contract";

/** Those of runs that are there or were freed, of our own repositories, and of submodules inside them; that exist. */
export function codeGitDirs(store: Store): string[] {
  const places: Pick<KeptCode, "gitDir">[] = [...store.listCode(), ...store.listFreedCode()];
  const own = OWN.map((name) => path.join(store.folder, name));
  const all = new Set([...places.map(({ gitDir }) => gitDir), ...own].filter((gitDir) => existsSync(gitDir)));
  for (const gitDir of all) for (const inner of submoduleDirs(gitDir)) all.add(inner);
  return [...all];
}

/** Our own repositories in a store folder. */
export const OWN = ["code.git", "code-sha256.git"];

/** Git keeps those of submodules in `modules/`, below the submodule's name, which may have several parts. */
function submoduleDirs(gitDir: string): string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const inner = path.join(folder, entry.name);
      if (existsSync(path.join(inner, "HEAD")) && existsSync(path.join(inner, "objects"))) found.push(inner);
      else if (depth > 0) look(inner, depth - 1);
    }
  };
  const modules = path.join(gitDir, "modules");
  if (existsSync(modules)) look(modules, 6);
  return found;
}
