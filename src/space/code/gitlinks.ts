/** The commits of submodules that snapshots name: these are needed as long as the snapshot is. */
import { diskPath } from "../../snapshot/gitPath";
import { parseTree, readObjects } from "./gitObjects";

export interface Gitlink {
  /** In the tree, as far as it can be a name on disk. */
  path: string;
  commit: string;
}

const TREE = "40000";
const GITLINK = "160000";

/**
 * The gitlinks in the trees of these commits, of which those that are not there are left out. Each tree is read once, however
 * many commits share it, so that thousands of snapshots of one project take little more than one.
 */
export async function findGitlinks(gitDir: string, commits: Iterable<string>): Promise<Gitlink[]> {
  const found: Gitlink[] = [];
  const seen = new Set<string>();
  let level = new Map([...commits].map((commit) => [`${commit}^{tree}`, ""]));
  while (level.size > 0) {
    const below = new Map<string, string>();
    for await (const { oid, type, content } of readObjects(gitDir, [...level.keys()])) {
      // Those of the first level were asked for by their commit.
      const prefix = level.get(oid) ?? "";
      if (type !== "tree" || seen.has(oid)) continue;
      seen.add(oid);
      for (const entry of parseTree(content, oid.length / 2)) {
        const path = `${prefix}${entry.name}`;
        if (entry.mode === TREE && !seen.has(entry.oid)) below.set(entry.oid, `${path}/`);
        else if (entry.mode === GITLINK) found.push({ path: readable(path), commit: entry.oid });
      }
    }
    level = below;
  }
  return found;
}

function readable(gitPath: string): string {
  const path = diskPath("", gitPath);
  return path.toString().slice(1);
}
