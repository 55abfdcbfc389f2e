/** Modules of the project that a model's classes are from: they come along in the bundle, as the run had them. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Run } from "../../domain/run";
import { type CodePlace, listTree, readFileAt } from "../../snapshot/codeReader";

/** More than this is a project, and not a module of it. */
const MOST_FILES = 500;

/**
 * Puts the module (a name without dots) into `folder`, from the code of the run: beside its script, in the project's folder or in
 * `src`. False when the run's code has no such module, or it is there already.
 */
export async function addModule(run: Run, root: string, module: string, folder: string): Promise<boolean> {
  const { gitDir, commit, root: codeRoot } = run.snapshot.code;
  if (gitDir === null || commit === null || !/^\w+$/.test(module)) return false;
  const place: CodePlace = { gitDir, commit, root: codeRoot };
  const project = codeRoot === null ? "" : path.relative(codeRoot, root).split(path.sep).join("/");
  const script = run.script === null ? [] : [path.posix.join(project, path.posix.dirname(run.script))];
  const names = (await listTree(place)).map((file) => file.path);
  for (const base of [...script, project, path.posix.join(project, "src")]) {
    const within = path.posix.join(base, module);
    const found = names.filter(
      (name) => name === `${within}.py` || (name.startsWith(`${within}/`) && name.endsWith(".py")),
    );
    if (found.length === 0 || found.length > MOST_FILES) continue;
    for (const name of found) {
      const to = path.join(folder, ...path.posix.relative(base === "" ? "." : base, name).split("/"));
      await mkdir(path.dirname(to), { recursive: true });
      // Written once: another module of this name would be another one.
      await writeFile(to, await readFileAt(place, name), { flag: "wx" });
    }
    return true;
  }
  return false;
}
