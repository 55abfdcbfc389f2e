/** What a deployment was asked and answered, as its prediction log has it. */
import path from "node:path";
import { checkDeploymentName } from "../../../deploy/deploymentFolder";
import { quantile } from "../../../deploy/gates/statistics/quantile";
import { logFolder } from "../../../deploy/predictions/files";
import { type PredictionOutline, readOutlines, readPredictions } from "../../../deploy/predictions/read";
import type { Store } from "../../../store/contract";
import type { PredictionCount, PredictionsView } from "./api";

/** Counts are of so many at the most: a log may hold millions. */
const MOST_COUNTED = 10_000;
const SHOWN = 100;
/** Changes among which the last one that became live is looked for. */
const LOOKED_AT = 20;

/** `version` null: of all of them. */
export function predictions({ folder, deployments }: Store, name: string, version: number | null): PredictionsView {
  checkDeploymentName(name);
  const log = logFolder(path.join(folder, "deployments", name));
  const outlines = readOutlines(log, { limit: MOST_COUNTED });
  const changed = deployments.rollouts(name, { limit: LOOKED_AT }).find(({ outcome }) => outcome === "live")?.ended;
  const later = changed == null ? [] : outlines.filter(({ time }) => time >= changed);
  return {
    counts: countsOf(outlines),
    sinceChange:
      later.length > 0 && later.length < outlines.length ? { time: changed!, counts: countsOf(later) } : null,
    counted: outlines.length,
    more: outlines.length === MOST_COUNTED,
    since: outlines.at(-1)?.time ?? null,
    newest: readPredictions(log, { limit: SHOWN, ...(version === null ? {} : { version }) }),
  };
}

/** The newest version first. */
function countsOf(outlines: readonly PredictionOutline[]): PredictionCount[] {
  const parts = new Map<string, PredictionOutline[]>();
  for (const outline of outlines) {
    const key = `${outline.version} ${outline.role}`;
    const part = parts.get(key);
    if (part) part.push(outline);
    else parts.set(key, [outline]);
  }
  return [...parts.values()]
    .map((part) => {
      const latencies = part.map(({ latency }) => latency).sort((one, other) => one - other);
      const { version, role } = part[0]!;
      return {
        version,
        role,
        count: part.length,
        errors: part.filter(({ status }) => status >= 500).length,
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
      };
    })
    .sort((one, other) => other.version - one.version || (one.role < other.role ? -1 : 1));
}
