/** What the importance of params says, in words, and what it does not. */
import { harmlessCell } from "../../../src/domain/spreadsheet";
import type { ImportanceAnswer } from "../../../src/protocol/charts";
import { showNumber } from "../../base/numbers";
import type { CopiedTable } from "../../runs-table/copy";

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Below it the forest has learned too little for its judgement to count. */
const LITTLE = 0.3;

/** How far the answer can be trusted. */
export function trust({ runs, explained, leftOut }: ImportanceAnswer): string {
  const share = Math.max(0, explained);
  const predicts = `From params alone a random forest predicts ${percent(share)} of how the ${runs} runs differ, each run by trees that have not seen it.`;
  const guess = share < LITTLE ? " That is little: take what follows for a guess." : "";
  const left = leftOut > 0 ? ` ${leftOut} rarer params were not looked at.` : "";
  return predicts + guess + left;
}

export const METHOD =
  "Importance: by how much the forest's squared error grows when a param's values are shuffled among runs, as a share of " +
  "the metric's variance, ± its standard error over 200 trees (permutation importance, Breiman 2001). Rank correlation: " +
  "Spearman's, of params that are numbers.";

export const CAVEATS =
  "Neither proves a cause. They tell of the runs that show and have ended: a param that was never changed has no importance, " +
  "params that were changed together share theirs, and a correlation of 0 may hide a best value in the middle.";

/** What is read of one param. */
export function readParam({ importance, spread, correlation }: ImportanceAnswer["params"][number]): [string, string][] {
  const rank = correlation === null ? "none: words" : showNumber(Number(correlation.toFixed(3)));
  return [
    ["Importance", `${percent(importance)} ± ${percent(spread)}`],
    ["Rank correlation", rank],
  ];
}

export const importanceTable = ({ params }: Pick<ImportanceAnswer, "params">): CopiedTable => ({
  heading: ["param", "importance", "standard error", "rank correlation"],
  rows: params.map(({ name, importance, spread, correlation }) => [
    ...[harmlessCell(name), String(importance), String(spread)],
    correlation === null ? "" : String(correlation),
  ]),
});
