/** What git says about a work tree: formats of `git status --porcelain=v2 -z` and `git ls-files -s -v -z`. */
import { type GitPath, splitRecords } from "../gitPath";

/** A path whose content on disk differs from the index, or that the index does not know. */
export interface Change {
  path: GitPath;
  kind: "changed" | "deleted" | "untracked" | "unmerged" | "submodule";
}

export interface Status {
  /** Null when HEAD is detached. */
  branch: string | null;
  changes: Change[];
  /** Whether the index differs from HEAD. */
  staged: boolean;
}

/** Source: git-status(1), "Porcelain Format Version 2". Renames must be off. */
export function parseStatus(output: Buffer): Status {
  const status: Status = { branch: null, changes: [], staged: false };
  for (const record of splitRecords(output)) {
    if (record.startsWith("# branch.head ")) {
      const name = record.slice("# branch.head ".length);
      status.branch = name === "(detached)" ? null : Buffer.from(name, "latin1").toString("utf8");
    } else if (record.startsWith("? ")) {
      status.changes.push({ path: record.slice(2), kind: "untracked" });
    } else if (record.startsWith("1 ")) {
      const [, xy = "", submodule = ""] = record.split(" ", 3);
      if (xy[0] !== ".") status.staged = true;
      const kind = xy[1] === "D" ? "deleted" : submodule[0] === "S" ? "submodule" : "changed";
      if (xy[1] !== ".") status.changes.push({ path: afterFields(record, 8), kind });
    } else if (record.startsWith("u ")) {
      status.staged = true;
      status.changes.push({ path: afterFields(record, 10), kind: "unmerged" });
    }
  }
  return status;
}

/** What follows the first `count` space-separated fields: a path may have spaces of its own. */
function afterFields(record: string, count: number): string {
  let at = 0;
  for (let field = 0; field < count; field++) at = record.indexOf(" ", at) + 1;
  return record.slice(at);
}

/** One file of the index, as far as it needs a second look. */
export interface IndexEntry {
  path: GitPath;
  mode: string;
  oid: string;
}

export interface IndexListing {
  /** Files and links at stage 0, submodules not among them. */
  entries: IndexEntry[];
  submodules: IndexEntry[];
  /** Entries that `git status` does not look at on disk, because they are marked "assume unchanged" … */
  assumed: IndexEntry[];
  /** … or "skip worktree", as all are that a sparse checkout leaves out. */
  skipped: IndexEntry[];
}

/** Source: git-ls-files(1), `-v` (lower case: assume unchanged; S: skip-worktree) and `--stage`. */
export function parseIndex(output: Buffer): IndexListing {
  const listing: IndexListing = { entries: [], submodules: [], assumed: [], skipped: [] };
  for (const record of splitRecords(output)) {
    // "H 100644 <object> 0\t<path>"
    const tab = record.indexOf("\t");
    if (record[tab - 1] !== "0") continue;
    const entry = { path: record.slice(tab + 1), mode: record.slice(2, 8), oid: record.slice(9, tab - 2) };
    if (entry.mode === "160000") listing.submodules.push(entry);
    else listing.entries.push(entry);
    const tag = record[0]!;
    if (tag === "S" || tag === "s") listing.skipped.push(entry);
    else if (tag !== tag.toUpperCase()) listing.assumed.push(entry);
  }
  return listing;
}
