/** The files that a run's code is made of, as git would have them. */
import { git } from "../../snapshot/git";
import { displayPath, splitRecords } from "../../snapshot/gitPath";

/** Relative to `root`, with `/`, as text; null where git knows nothing: what is taken then is chosen by other rules. */
export async function codeFiles(root: string, signal?: AbortSignal): Promise<string[] | null> {
  try {
    const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = await git(listing, { cwd: root, signal });
    return [...new Set(splitRecords(stdout))].map(displayPath);
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}
