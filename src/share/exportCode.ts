/** The code of runs as git packs: one for each repository, with what the snapshots hold and none of the history. */
import { existsSync, realpathSync } from "node:fs";
import type { CodeVersion, Gap } from "../domain/run";
import { type CodePlace, submoduleAt } from "../snapshot/codeReader";
import { git } from "../snapshot/git";
import type { ArchivedCode } from "./archive/format";
import { readGit } from "./gitStream";

/** What one repository has to give. */
export interface CodeSource {
  gitDir: string;
  format: "sha1" | "sha256";
  commits: Set<string>;
}

export interface CodeCollection {
  /** Notes what a run needs. What cannot be had is a gap; paths are those of submodules. */
  add(code: CodeVersion): Promise<Pick<ArchivedCode, "commits" | "submodules"> & { missing: Gap[] }>;
  /** The repositories that have what was noted so far. */
  readonly sources: readonly CodeSource[];
}

interface Found {
  commits: string[];
  submodules: Record<string, string>;
  missing: Gap[];
}

export function collectCode(signal?: AbortSignal): CodeCollection {
  const sources = new Map<string, CodeSource>();
  /** Many runs share a snapshot. */
  const known = new Map<string, Promise<Found>>();

  async function findCode(place: CodePlace, prefix: string): Promise<Found> {
    const { gitDir, commit } = place;
    const inner = { cwd: gitDir, env: { GIT_DIR: gitDir, GIT_NO_REPLACE_OBJECTS: "1" }, signal };
    let listing: Buffer;
    try {
      // Walks all that the commit holds: a file that is missing, as in a partial clone, is found here and not while packing.
      await git(["rev-list", "--objects", "--no-walk", "--quiet", commit], inner);
      listing = (await git(["ls-tree", "-r", "-z", "--full-tree", commit], inner)).stdout;
    } catch (error) {
      signal?.throwIfAborted();
      return { commits: [], submodules: {}, missing: [notThere(place, prefix, error)] };
    }
    await addSource(gitDir, commit);
    const found: Found = { commits: [commit], submodules: {}, missing: [] };
    for (const record of listing.toString("utf8").split("\0")) {
      if (!record.startsWith("160000 ")) continue;
      const tab = record.indexOf("\t");
      const name = record.slice(tab + 1);
      const submodule = submoduleAt(place, name, record.slice(0, tab).split(" ")[2]!);
      // Not checked out: the run saw nothing of it.
      if (submodule) merge(found, await findCode(submodule, `${prefix}${name}/`), `${prefix}${name}`, submodule.commit);
    }
    return found;
  }

  async function addSource(gitDir: string, commit: string): Promise<void> {
    const real = realpathSync(gitDir);
    let source = sources.get(real);
    if (!source) {
      const { stdout } = await git(["rev-parse", "--show-object-format"], {
        cwd: real,
        env: { GIT_DIR: real },
        signal,
      });
      const format = stdout.toString().trim() === "sha256" ? "sha256" : "sha1";
      source = sources.get(real) ?? { gitDir: real, format, commits: new Set() };
      sources.set(real, source);
    }
    source.commits.add(commit);
  }

  return {
    async add({ gitDir, commit, root }) {
      if (gitDir === null || commit === null) return { commits: [], submodules: {}, missing: [] };
      const key = JSON.stringify([gitDir, commit, root]);
      const found = known.get(key) ?? findCode({ gitDir, commit, root }, "");
      known.set(key, found);
      return await found;
    },
    get sources() {
      return [...sources.values()];
    },
  };
}

function merge(found: Found, inner: Found, name: string, commit: string): void {
  found.missing.push(...inner.missing);
  if (inner.commits.length === 0) return;
  found.commits.push(...inner.commits);
  Object.assign(found.submodules, inner.submodules, { [name]: commit });
}

/** The bytes of a pack with all that the commits hold: themselves, folders and files, not their parents. */
export async function* packCommits(
  { gitDir, commits }: Pick<CodeSource, "gitDir" | "commits">,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const objects = await listObjects(gitDir, commits, signal);
  yield* packObjects(gitDir, objects, signal);
}

/** Ids of all that the commits hold. Throws GitError when something is missing. */
export async function listObjects(gitDir: string, commits: Iterable<string>, signal?: AbortSignal): Promise<string[]> {
  const input = [...commits].map((commit) => `${commit}\n`).join("");
  const env = { GIT_DIR: gitDir, GIT_NO_REPLACE_OBJECTS: "1" };
  const args = ["rev-list", "--objects", "--no-walk", "--no-object-names", "--stdin"];
  const { stdout } = await git(args, { cwd: gitDir, env, input, signal });
  return stdout.toString("latin1").split("\n").filter(Boolean);
}

export function packObjects(gitDir: string, objects: Iterable<string>, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const input = [...objects].map((object) => `${object}\n`).join("");
  const env = { GIT_DIR: gitDir, GIT_NO_REPLACE_OBJECTS: "1" };
  return readGit(["pack-objects", "--stdout", "-q", "--delta-base-offset"], { cwd: gitDir, env, input, signal });
}

function notThere({ gitDir, commit }: CodePlace, prefix: string, cause: unknown): Gap {
  const what = prefix === "" ? "its code" : `the code of its submodule ${prefix.slice(0, -1)}`;
  const isGone = !existsSync(gitDir) || /not a valid|bad object|not a git repository/i.test(String(cause));
  const reason = isGone
    ? `${gitDir} no longer has the commit ${commit}`
    : `git could not read the commit ${commit} in ${gitDir}: ${(cause as Error).message}`;
  const gap: Gap = { kind: "missing", message: `${what}, because ${reason}.` };
  return prefix === "" ? gap : { ...gap, path: prefix.slice(0, -1) };
}
