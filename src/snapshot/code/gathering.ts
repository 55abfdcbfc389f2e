/** What is shared by the steps that take a work tree's state; `takeWorkTree` runs them. */
import fs from "node:fs";
import type { Gap } from "../../domain/run";
import { diskPath, displayPath, type GitPath } from "../gitPath";
import type { BlobCache } from "./blobCache";
import type { IndexEntry, IndexListing, Status } from "./gitStatus";
import type { CodeLimits } from "./limits";
import type { GitContext, Repository } from "./repository";
import type { TreeEntry } from "./treeBuilder";

export interface WorkTreeJob {
  repository: Repository;
  /** `cwd` is the repository's top; the user's filters are switched off. */
  context: GitContext;
  /** For our own short-lived files; made if absent. */
  temporaryFolder: string;
  /** Where what is known about files on disk is kept between runs. */
  cacheFile: string;
  limits: CodeLimits;
  /** False when the folder is too wide to look for files that git does not know (a home folder under git). */
  untracked: boolean;
  /** Whether git may convert what it stores; a repository of our own never does. */
  conversions: boolean;
  /** Untracked paths never to take. */
  skip(path: GitPath): boolean;
  /** Keeps the bytes of a Git LFS file outside git; returns their SHA-256 in hex. */
  keepBytes(content: Buffer): Promise<string>;
  /** The commit to record for a submodule, or why there is none. */
  snapshotSubmodule(path: GitPath): Promise<string | Gap>;
}

export interface BlobRequest {
  path: GitPath;
  stats: fs.Stats;
  /** Not in the index. */
  isNew: boolean;
  /** The index's version, where it is known to stand for an unchanged file. */
  indexed?: IndexEntry;
}

/** What is being gathered. */
export interface Gathering {
  job: WorkTreeJob;
  /** Speaks to our copy of the index. */
  context: GitContext;
  status: Status;
  listing: IndexListing;
  /** Files whose bytes must become blobs. */
  requests: Map<GitPath, BlobRequest>;
  cache: BlobCache;
  /** What differs from the index. */
  entries: Map<GitPath, TreeEntry>;
  gaps: Gap[];
}

/** Undefined for what is no file or link, or is not there. */
export function statFile(top: string, path: GitPath): fs.Stats | undefined {
  try {
    const stats = fs.lstatSync(diskPath(top, path), { throwIfNoEntry: false });
    return stats?.isFile() || stats?.isSymbolicLink() ? stats : undefined;
  } catch {
    return undefined;
  }
}

export function unreadable(path: GitPath, reason: string): Gap {
  const name = displayPath(path);
  return {
    kind: "unreadable",
    path: name,
    message: `${name} could not be read (${reason}): not in the code snapshot.`,
  };
}
