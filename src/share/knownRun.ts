/** How a run that is in the store already compares with what an archive says of the same run. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Gap, Run } from "../domain/run";
import type { Store } from "../store/contract";
import { hashFile } from "../store/objects";
import { type ArchivedRun, logMember, type Member, metricsMember } from "./archive/format";
import { packSeries } from "./archive/series";
import { describeRun, type EndedRun, isFromImport } from "./describeRun";

/**
 * What differs, in words for the user; empty when the run is the same. Left out of the comparison is what belongs to the place:
 * where its code is, what an archive was made without, whether it is pinned.
 */
export async function differencesOf(
  store: Store,
  known: Run,
  archived: ArchivedRun,
  members: ReadonlyMap<string, Member>,
): Promise<string[]> {
  if (known.status === "running") return ["status"];
  const here = describeRun(store, known as EndedRun, { commits: [], submodules: {} }, new Map());
  const differs = compareParts(here, archived);
  if (!(await isSameSeries(store, here, archived, members))) differs.push("metrics");
  if (!(await isSameLog(store, here, members))) differs.push("log");
  return differs;
}

type Part = (archived: ArchivedRun) => unknown;

const PARTS: Record<string, Part> = {
  name: ({ run }) => run.name,
  experiment: ({ run }) => run.experiment,
  "how it ended": ({ run }) => [run.status, run.exitCode, run.signal],
  times: ({ run }) => [run.startTime, run.endTime],
  command: ({ run, cwd }) => [run.command, run.script, cwd],
  params: ({ run }) => run.params,
  tags: ({ run }) => run.tags,
  note: ({ run }) => run.note,
  parent: ({ run }) => run.parent,
  code: ({ snapshot: { code } }) => [code.commit, code.tree, code.head, code.branch, code.dirty],
  data: ({ snapshot }) => snapshot.data,
  config: ({ snapshot }) => snapshot.config,
  datasets: ({ snapshot }) => snapshot.datasets,
  environment: ({ snapshot }) => snapshot.environment,
  artifacts: ({ run }) => run.artifacts,
  cells: ({ cells }) => cells,
  gaps: ({ run }) => asText(run.gaps),
  warnings: ({ run }) => run.warnings.toSorted(),
};

const asText = (gaps: Gap[]) =>
  gaps
    .filter((gap) => !isFromImport(gap))
    .map(({ kind, path = "", message }) => JSON.stringify([kind, path, message]))
    .sort();

function compareParts(here: ArchivedRun, archived: ArchivedRun): string[] {
  return Object.keys(PARTS).filter((name) => !isDeepStrictEqual(PARTS[name]!(here), PARTS[name]!(archived)));
}

async function isSameSeries(
  store: Store,
  here: ArchivedRun,
  archived: ArchivedRun,
  members: ReadonlyMap<string, Member>,
): Promise<boolean> {
  if (!isDeepStrictEqual(here.series, archived.series)) return false;
  const member = members.get(metricsMember(here.run.id));
  if (!member) return here.series.length === 0;
  const hash = createHash("sha256");
  for (const page of packSeries(store, here.run.id, here.series)) {
    hash.update(page);
    await new Promise(setImmediate);
  }
  return hash.digest("hex") === member.sha256;
}

/** An archive without the log says nothing of it. */
async function isSameLog(store: Store, here: ArchivedRun, members: ReadonlyMap<string, Member>): Promise<boolean> {
  const member = members.get(logMember(here.run.id));
  if (!member) return true;
  if (member.size !== here.run.logSize) return false;
  const log = await hashFile(store.logPath(here.run.id)).catch(() => null);
  return log?.sha256 === member.sha256;
}
