/** Whether a project uses DVC: asked for every run, so that what it takes to read DVC's files is loaded only where it does. */
import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Whether DVC is used in this folder or in one above it, up to `top`. Folders in `looked` are passed over, and those looked at
 * join them.
 */
export function usesDvc(folder: string, top: string, looked: Set<string> = new Set()): boolean {
  for (let at = folder; !looked.has(at); at = path.dirname(at)) {
    looked.add(at);
    if (existsSync(path.join(at, ".dvc", "config")) || existsSync(path.join(at, ".dvc", "cache"))) return true;
    if (at === top) return false;
  }
  return false;
}
