import type { Background } from "../../src/domain/runColour";
import type { ChartRun } from "../../src/protocol/charts";
import type { LegendEntry } from "./Legend";
import { lookOf } from "./lines";

/** Of a legend in which each run stands for itself. */
export const runEntries = (runs: readonly ChartRun[], background: Background): LegendEntry[] =>
  runs.map(({ id, name, status }) => ({ id, label: name, status, ...lookOf(id, background) }));
