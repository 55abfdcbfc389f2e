/** Code of runs that another tracker has committed to the project's repository (DVC does): kept as a snapshot of ours. */
import type { CodeVersion } from "../domain/run";
import { findRepository } from "../snapshot/code/repository";
import { markStore } from "../snapshot/code/storeMark";
import { keepCommit } from "../snapshot/code/treeBuilder";
import { git } from "../snapshot/git";

/** Answers git in the folder's repository; throws GitError. */
export const gitIn = (cwd: string, signal?: AbortSignal) => async (args: readonly string[]) =>
  (await git(args, { cwd, signal })).stdout;

/** Keeps the commit from `git gc`, as that of a snapshot. Null when there is no such repository or commit. */
export async function keepForeignCode(root: string, storeFolder: string, commit: string): Promise<CodeVersion | null> {
  const context = { cwd: root };
  try {
    const { top, gitDir, commonDir } = await findRepository(context);
    const { stdout } = await git(["log", "-1", "--no-show-signature", "--format=%T %P", commit], context);
    const [tree, head = null] = stdout.toString().trim().split(" ");
    await markStore(context, commonDir, storeFolder);
    await keepCommit(context, commonDir, commit);
    const before =
      head === null ? null : (await git(["rev-parse", `${head}^{tree}`], context)).stdout.toString().trim();
    return { commit, tree: tree!, head, branch: null, dirty: before !== tree, gitDir, root: top };
  } catch {
    return null;
  }
}
