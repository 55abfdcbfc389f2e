/** Removes the refs of snapshots that no run needs any more, in the user's repositories and in our own. */
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { readMarks, storeId } from "../../snapshot/code/storeMark";
import { snapshotRef } from "../../snapshot/code/treeBuilder";
import { submoduleAt } from "../../snapshot/codeReader";
import { gitSync } from "../../snapshot/git";
import type { KeptCode, Store } from "../../store/contract";
import { openStoreFolder } from "../../store/open";
import { codeGitDirs } from "./gitDirs";
import { findGitlinks } from "./gitlinks";
import { at } from "./gitObjects";

export interface FreedCode {
  /** Refs removed. */
  refs: number;
  /** Why some had to stay, in sentences. */
  notes: string[];
}

/** Ms that git may take for what is done while no run can begin. */
const GIT_TIMEOUT = 20_000;
/** A run that is taking its code is waited for so long. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 200;
const REFS_AT_ONCE = 1_000;

/**
 * Removes the refs that freed runs alone needed. Only those: what else is below `refs/modeltrail/` may have been fetched, or
 * be another store's, with a project in another work tree or folder of the same repository; each of them is asked.
 */
export async function freeCode(store: Store): Promise<FreedCode> {
  const freed: FreedCode = { refs: 0, notes: [] };
  for (const [gitDir, places] of byGitDir(store.listFreedCode())) {
    try {
      freed.refs += await freeIn(store, gitDir, places);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      freed.notes.push(`The code of freed runs in ${gitDir} was left for the next time: ${error.message}`);
    }
  }
  return freed;
}

/** Commits that may go, by git directory. */
type Candidates = Map<string, Set<string>>;

async function freeIn(store: Store, gitDir: string, places: KeptCode[]): Promise<number> {
  const candidates: Candidates = new Map();
  if (existsSync(gitDir)) for (const place of places) add(candidates, place);
  await addSubmodules(candidates, places);
  const others = await openOthers(store, [...candidates.keys()]);
  try {
    const stores = [store, ...others].sort((a, b) => (a.folder < b.folder ? -1 : 1));
    for (let waited = 0; ; waited += PAUSE_MS) {
      const known = commitsOf(stores);
      const needed = await withSubmodules(stores, known);
      const refs = whileNoCodeIsTaken(stores, () => {
        // A run that took its code meanwhile may need what was not looked at.
        if ([...commitsOf(stores)].some((commit) => !known.has(commit))) return undefined;
        const removed = [...candidates].map(([dir, commits]) =>
          removeRefs(
            dir,
            [...commits].filter((commit) => !needed.has(commit)),
          ),
        );
        store.forgetFreedCode(gitDir);
        return removed.reduce((sum, count) => sum + count, 0);
      });
      if (refs !== undefined) return refs;
      if (waited >= PATIENCE_MS) throw new UserError("a run was just taking its code.");
      await wait(PAUSE_MS);
    }
  } finally {
    for (const other of others) other.close();
  }
}

function add(candidates: Candidates, { gitDir, commit }: Pick<KeptCode, "gitDir" | "commit">): boolean {
  const commits = candidates.get(gitDir) ?? new Set();
  if (commits.has(commit)) return false;
  candidates.set(gitDir, commits.add(commit));
  return true;
}

/** Adds the commits of submodules that the places name, where they are to be had. */
async function addSubmodules(candidates: Candidates, places: readonly KeptCode[]): Promise<void> {
  const inner: KeptCode[] = [];
  for (const [gitDir, some] of byGitDir(places)) {
    if (!existsSync(gitDir)) continue;
    const links = await findGitlinks(gitDir, new Set(some.map(({ commit }) => commit)));
    const roots = new Set(some.map(({ root }) => root));
    for (const root of roots) {
      for (const link of links) {
        const place = submoduleAt({ gitDir, root, commit: "" }, link.path, link.commit);
        if (place && add(candidates, place)) inner.push(place);
      }
    }
  }
  if (inner.length > 0) await addSubmodules(candidates, inner);
}

/** The other stores that have snapshots in these git directories. Throws UserError when one cannot be asked. */
async function openOthers(store: Store, gitDirs: readonly string[]): Promise<Store[]> {
  const marks = (await Promise.all(gitDirs.map(readMarks))).flat();
  const ids = new Set(marks.map(({ id }) => id));
  ids.delete(storeId(store.folder));
  const opened: Store[] = [];
  try {
    for (const id of ids) {
      const folders = marks.filter((mark) => mark.id === id).map(({ folder }) => folder);
      // It may have been moved: then it has said so again.
      const folder = folders.find((one) => existsSync(path.join(one, "db.sqlite")));
      if (folder !== undefined) opened.push(openStoreFolder(folder));
      else if (!folders.some((one) => existsSync(path.dirname(one)))) throw new UserError(cannotAsk(folders[0]!));
      // Else its project is there, and has no store any more.
    }
    return opened;
  } catch (error) {
    for (const one of opened) one.close();
    throw error;
  }
}

function cannotAsk(folder: string): string {
  return `the runs in ${folder}, which may need it too, are not there to be asked. If they are gone for good, remove their ref below refs/modeltrail/stores.`;
}

function commitsOf(stores: readonly Store[]): Set<string> {
  return new Set(stores.flatMap((store) => store.listCode()).map(({ commit }) => commit));
}

/** With the commits of submodules that they name, wherever these are. */
async function withSubmodules(stores: readonly Store[], commits: ReadonlySet<string>): Promise<Set<string>> {
  const gitDirs = new Set(stores.flatMap(codeGitDirs));
  const all = new Set(commits);
  for (let fresh: Iterable<string> = commits; ; ) {
    const before = all.size;
    const found = new Set<string>();
    for (const gitDir of gitDirs) {
      for (const { commit } of await findGitlinks(gitDir, fresh)) if (!all.has(commit)) found.add(commit);
    }
    for (const commit of found) all.add(commit);
    if (all.size === before) return all;
    fresh = found;
  }
}

/** In none of the stores; each asks the next. In one order for all processes, so that two never wait for each other. */
function whileNoCodeIsTaken<T>([first, ...rest]: readonly Store[], body: () => T): T | undefined {
  if (!first) return body();
  return first.whileNoCodeIsTaken(() => whileNoCodeIsTaken(rest, body));
}

function removeRefs(gitDir: string, commits: readonly string[]): number {
  if (commits.length === 0) return 0;
  const list = gitSync(["for-each-ref", "--format=%(refname)", snapshotRef("").slice(0, -1)], at(gitDir), GIT_TIMEOUT);
  const there = new Set(list.stdout.toString().split("\n"));
  const refs = commits.map(snapshotRef).filter((ref) => there.has(ref));
  for (let from = 0; from < refs.length; from += REFS_AT_ONCE) {
    const some = refs.slice(from, from + REFS_AT_ONCE);
    const input = some.map((ref) => `delete ${ref}\n`).join("");
    gitSync(["update-ref", "--stdin"], { ...at(gitDir), input }, GIT_TIMEOUT);
  }
  return refs.length;
}

function byGitDir(places: readonly KeptCode[]): Map<string, KeptCode[]> {
  const groups = new Map<string, KeptCode[]>();
  for (const place of places) groups.set(place.gitDir, [...(groups.get(place.gitDir) ?? []), place]);
  return groups;
}
