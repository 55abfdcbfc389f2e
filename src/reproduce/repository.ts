/**
 * A repository around a restored folder, so that a script that asks git for its commit gets the answer it got the first time,
 * and not that of the project as it is now. It borrows the objects and is thrown away with the folder.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CodeVersion } from "../domain/run";
import { git } from "../snapshot/git";

/** Never throws: without git, or without the commit, the folder is used as it is. */
export async function giveRepository(folder: string, { gitDir, head, branch }: CodeVersion): Promise<void> {
  if (gitDir === null || head === null) return;
  const format = head.length === 64 ? ["--object-format=sha256"] : [];
  const own = path.join(folder, ".git");
  const at = { cwd: folder, env: { GIT_DIR: own, GIT_WORK_TREE: folder } };
  try {
    // An empty template: the user's may bring hooks along.
    await git(["init", "--quiet", "--template=", ...format, folder], { cwd: folder });
    mkdirSync(path.join(own, "objects", "info"), { recursive: true });
    writeFileSync(path.join(own, "objects", "info", "alternates"), `${path.join(gitDir, "objects")}\n`);
    mkdirSync(path.join(own, "info"), { recursive: true });
    // How far a shallow clone goes, and what is ignored for this clone alone.
    for (const file of ["shallow", "info/exclude"]) {
      if (existsSync(path.join(gitDir, file))) copyFileSync(path.join(gitDir, file), path.join(own, file));
    }
    if (branch !== null) await git(["symbolic-ref", "HEAD", `refs/heads/${branch}`], at);
    await git(["update-ref", ...(branch === null ? ["--no-deref"] : []), "HEAD", head], at);
    await git(["read-tree", head], at);
  } catch {
    // Its absence changes nothing for a run that does not ask git.
  }
}
