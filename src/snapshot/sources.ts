/** Compares the source files that a run has used with its code snapshot, which was taken before it started. */
import fs from "node:fs";
import path from "node:path";
import type { Gap } from "../domain/run";
import type { CodePlace } from "./codeReader";
import { git, objectsOf } from "./git";

/** A source file that the run imported or ran: the tracer's `module` event. */
export interface UsedSource {
  /** Absolute. */
  path: string;
  /** Ms since the epoch. */
  time: number;
}

export interface SourceCheck {
  /** Absolute paths of used files that the snapshot does not hold: git ignores them, or they were left out. */
  missing: string[];
  gaps: Gap[];
}

/**
 * `takenAt`: when the snapshot was begun, ms since the epoch. `place` null: there is no snapshot, so that nothing can be
 * said. A used file that is missing from the snapshot, or that was changed between the snapshot and its use, is a gap;
 * the caller may keep the bytes of the missing ones as data.
 */
export async function checkSources(
  place: CodePlace | null,
  takenAt: number,
  used: readonly UsedSource[],
): Promise<SourceCheck> {
  const check: SourceCheck = { missing: [], gaps: [] };
  if (!place?.root || used.length === 0) return check;
  const root = fs.realpathSync(place.root);
  const located = used.map((source) => ({ ...source, found: locate(root, source.path) }));
  const kept = await keptOf(
    place,
    located.flatMap(({ found }) => found?.inside ?? []),
  );
  for (const { path: file, time, found } of located) {
    if (!found) continue;
    if (!kept.has(found.inside)) {
      check.missing.push(file);
      const message = `${found.inside} was used by the run but is not in its code snapshot, because git ignores it or it was left out.`;
      check.gaps.push({ kind: "ignored", path: found.inside, message });
    } else if (found.mtimeMs >= takenAt && found.mtimeMs <= time) {
      const message = `${found.inside} was changed after the code snapshot was taken and before the run used it.`;
      check.gaps.push({ kind: "changed-while-hashing", path: found.inside, message });
    }
  }
  return check;
}

/** So many paths fit a command line on every system. */
const ASKED_AT_ONCE = 200;

/** Those of `paths` that the snapshot holds. */
async function keptOf(place: CodePlace, paths: readonly string[]): Promise<Set<string>> {
  const kept = new Set<string>();
  for (let at = 0; at < paths.length; at += ASKED_AT_ONCE) {
    const asked = paths.slice(at, at + ASKED_AT_ONCE);
    const listing = ["ls-tree", "-z", "--name-only", "--full-tree", place.commit, "--", ...asked];
    const { stdout } = await git(listing, objectsOf(place.gitDir));
    for (const name of stdout.toString().split("\0")) kept.add(name);
  }
  if (paths.every((name) => kept.has(name))) return kept;
  // Some may be in a submodule. What it takes to find out is loaded when it is needed, which is rarely.
  const { listTree } = await import("./codeReader");
  return new Set((await listTree(place)).map((file) => file.path));
}

/** The file's path relative to `root`, past links; null when it is elsewhere or gone. */
function locate(root: string, file: string): { inside: string; mtimeMs: number } | null {
  try {
    const real = fs.realpathSync(file);
    const inside = path.relative(root, real);
    if (inside.startsWith("..") || path.isAbsolute(inside)) return null;
    return { inside: inside.split(path.sep).join("/"), mtimeMs: fs.statSync(real).mtimeMs };
  } catch {
    return null;
  }
}
