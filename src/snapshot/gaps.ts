/** Gaps are read by people: a thousand of one kind are said as one. */
import path from "node:path";
import type { Gap } from "../domain/run";

/** So many files of one folder are named one by one. */
const NAMED_FILES = 10;

/**
 * Joins the gaps of one kind in one folder when there are more than a few. `path`s may be absolute or relative; gaps
 * without one are kept as they are, each once.
 */
export function summariseGaps(gaps: readonly Gap[]): Gap[] {
  const groups = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const key = gap.path === undefined ? `\0${gap.kind}\0${gap.message}` : `${gap.kind}\0${path.dirname(gap.path)}`;
    const group = groups.get(key);
    if (!group) groups.set(key, [gap]);
    else if (gap.path !== undefined) group.push(gap);
  }
  return [...groups.values()].flatMap((group) => (group.length > NAMED_FILES ? [joined(group)] : group));
}

function joined(group: Gap[]): Gap {
  const [first] = group as [Gap];
  const folder = path.dirname(first.path!);
  return { kind: first.kind, path: folder, message: `${group.length} files here, the first: ${first.message}` };
}
