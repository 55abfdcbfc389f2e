/** Checks that the code of every run is where it is said to be, and kept there by a ref. */
import { existsSync } from "node:fs";
import path from "node:path";
import { findRepository } from "../../snapshot/code/repository";
import { snapshotRef } from "../../snapshot/code/treeBuilder";
import { submoduleAt } from "../../snapshot/codeReader";
import { GitError, git } from "../../snapshot/git";
import type { KeptCode, Store } from "../../store/contract";
import { codeGitDirs, OWN } from "../code/gitDirs";
import { findGitlinks } from "../code/gitlinks";
import { at } from "../code/gitObjects";
import type { Finding } from "./repair";

export async function repairCode(store: Store, signal?: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const elsewhere = await otherPlaces(store);
  const places = store.listCode();
  for (const gitDir of new Set(places.map((place) => place.gitDir))) {
    signal?.throwIfAborted();
    const here = places.filter((place) => place.gitDir === gitDir);
    const there = await presentCommits(gitDir, here);
    for (const place of here.filter(({ commit }) => !there.has(commit))) {
      findings.push(await findElsewhere(store, place, elsewhere));
    }
    findings.push(...(await repairRefs(gitDir, there)));
    findings.push(...(await findDamage(store, gitDir, there, signal)));
  }
  findings.push(...(await repairSubmodules(store)));
  return findings;
}

interface Place {
  gitDir: string;
  root: string | null;
}

/** Where code may be now that is not where it was: a project may have been moved. */
async function otherPlaces(store: Store): Promise<Place[]> {
  const own = OWN.map((name) => path.join(store.folder, name)).filter((gitDir) => existsSync(gitDir));
  const places: Place[] = own.map((gitDir) => ({ gitDir, root: store.root }));
  try {
    const { commonDir, top } = await findRepository({ cwd: store.root });
    return [{ gitDir: commonDir, root: top }, ...places];
  } catch (error) {
    if (error instanceof GitError) return places;
    throw error;
  }
}

/** Those of the commits that the git directory has, with their trees. */
async function presentCommits(gitDir: string, places: readonly KeptCode[]): Promise<Set<string>> {
  if (!existsSync(gitDir)) return new Set();
  const input = places.map(({ commit }) => `${commit}^{tree} ${commit}\n`).join("");
  const format = "--batch-check=%(objecttype) %(rest)";
  const { stdout } = await git(["cat-file", format], { ...at(gitDir), input });
  const lines = stdout.toString().split("\n");
  return new Set(lines.filter((line) => line.startsWith("tree ")).map((line) => line.slice("tree ".length)));
}

async function findElsewhere(store: Store, from: KeptCode, places: readonly Place[]): Promise<Finding> {
  const short = from.commit.slice(0, 12);
  for (const { gitDir, root } of places) {
    if (gitDir === from.gitDir || !(await presentCommits(gitDir, [from])).has(from.commit)) continue;
    store.moveCode(from, { gitDir, root });
    await repairRefs(gitDir, new Set([from.commit]));
    return {
      part: "code",
      outcome: "repaired",
      message: `The code ${short} is now in ${gitDir}, no longer in ${from.gitDir}.`,
    };
  }
  const message = `The code of this run is gone: ${from.gitDir} no longer has the commit ${from.commit}.`;
  tellRuns(store, from, message);
  return { part: "code", outcome: "lost", message: `The code ${short} is gone: ${from.gitDir} no longer has it.` };
}

function tellRuns(store: Store, place: KeptCode, message: string): void {
  for (const id of store.runsWithCode(place)) store.ingest(id, { gaps: [{ kind: "missing", message }] });
}

/** Makes the refs that are missing. */
async function repairRefs(gitDir: string, commits: ReadonlySet<string>): Promise<Finding[]> {
  if (commits.size === 0) return [];
  const { stdout } = await git(["for-each-ref", "--format=%(refname)", snapshotRef("").slice(0, -1)], at(gitDir));
  const there = new Set(stdout.toString().split("\n"));
  const missing = [...commits].filter((commit) => !there.has(snapshotRef(commit)));
  if (missing.length === 0) return [];
  const input = missing.map((commit) => `update ${snapshotRef(commit)} ${commit}\n`).join("");
  await git(["update-ref", "--stdin"], { ...at(gitDir), input });
  const message = `${missing.length} missing refs of snapshots were made again in ${gitDir}.`;
  return [{ part: "code", outcome: "repaired", message }];
}

/** Whether all that the snapshots consist of can be reached; only when not, each is looked at by itself. */
async function findDamage(
  store: Store,
  gitDir: string,
  commits: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Finding[]> {
  if (await isWhole(gitDir, [...commits], signal)) return [];
  const findings: Finding[] = [];
  for (const commit of commits) {
    if (await isWhole(gitDir, [commit], signal)) continue;
    tellRuns(
      store,
      { gitDir, commit, root: null },
      `Some of the files in the code of this run are gone from ${gitDir}.`,
    );
    const message = `Some of the files in the code ${commit.slice(0, 12)} are gone from ${gitDir}.`;
    findings.push({ part: "code", outcome: "lost", message });
  }
  return findings;
}

/** The history below is the user's own and not looked at. */
async function isWhole(gitDir: string, commits: readonly string[], signal?: AbortSignal): Promise<boolean> {
  if (commits.length === 0) return true;
  const input = commits.map((commit) => `${commit}\n`).join("");
  try {
    await git(["rev-list", "--objects", "--no-walk", "--quiet", "--stdin"], { ...at(gitDir), input, signal });
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

/** The refs that keep the commits of submodules, which other snapshots name. */
async function repairSubmodules(store: Store): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = codeGitDirs(store);
  const roots = new Set(store.listCode().map(({ root }) => root));
  const commits = new Set(store.listCode().map(({ commit }) => commit));
  const byGitDir = new Map<string, KeptCode[]>();
  for (const gitDir of known) {
    for (const link of await findGitlinks(gitDir, commits)) {
      for (const root of roots) {
        const place = submoduleAt({ gitDir, root, commit: "" }, link.path, link.commit);
        if (place) byGitDir.set(place.gitDir, [...(byGitDir.get(place.gitDir) ?? []), place]);
      }
    }
  }
  for (const [gitDir, places] of byGitDir) {
    findings.push(...(await repairRefs(gitDir, await presentCommits(gitDir, places))));
  }
  return findings;
}
