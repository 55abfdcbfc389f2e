/** Finds the files of which the tree has a stand-in: a pointer of Git LFS, an encrypted form. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { diskPath, type GitPath } from "../gitPath";
import { collapse } from "./collapse";
import type { Conversion } from "./conversion";
import { type Gathering, statFile } from "./gathering";
import { isForLfs, POINTER_BYTES } from "./lfsPointer";
import type { SnapshotNotes } from "./snapshotNotes";

/** Looks at files that have such a conversion only; of most repositories, that is at none. */
export function findStandIns(
  gathering: Gathering,
  conversions: ReadonlyMap<GitPath, Conversion>,
): Pick<SnapshotNotes, "content" | "decrypted"> {
  const content: GitPath[] = [];
  const decrypted: GitPath[] = [];
  if (conversions.size === 0) return { content, decrypted };
  for (const [name, conversion] of conversions) {
    if (conversion === "lines" || conversion === "content" || gathering.entries.get(name) === null) continue;
    if (!statFile(gathering.job.repository.top, name)?.isFile()) continue;
    if (conversion === "lfs" ? hasContent(gathering, name) : isOtherThanTree(gathering, name)) {
      (conversion === "lfs" ? content : decrypted).push(name);
    }
  }
  const entries = [...gathering.listing.entries, ...gathering.requests.values()];
  // Not those that are decrypted: there, a file that is taken for one would be put through the user's filter.
  return { content: collapse(content, entries), decrypted };
}

function hasContent(gathering: Gathering, name: GitPath): boolean {
  try {
    const file = diskPath(gathering.job.repository.top, name);
    const { size } = fs.statSync(file);
    return size >= POINTER_BYTES || isForLfs(fs.readFileSync(file));
  } catch {
    return false;
  }
}

/** Whether the bytes on disk are not those of the tree: what is encrypted in git may lie on disk as it is there. */
function isOtherThanTree({ job, entries, listing }: Gathering, name: GitPath): boolean {
  const oid = entries.get(name)?.oid ?? listing.entries.find(({ path }) => path === name)?.oid;
  // It could not be encrypted, and so is not in the tree.
  if (oid === undefined) return false;
  try {
    const bytes = fs.readFileSync(diskPath(job.repository.top, name));
    const hash = createHash(oid.length === 64 ? "sha256" : "sha1").update(`blob ${bytes.length}\0`);
    return hash.update(bytes).digest("hex") !== oid;
  } catch {
    return false;
  }
}
