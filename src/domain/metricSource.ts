/** Where a metric's points may come from, the most trusted first. */

/**
 * When two sources report the same metric at the same step, the earlier in this list is kept: what the script logged on
 * purpose is exact, what was read off its output is rounded. Sources that are not named here stand last but one.
 */
const RANKING = ["api", "mlflow", "tensorboard", "metrics-file", "system"];
/** Numbers read off the output; and the worst, off a line that is not finished yet, which those of the whole line replace. */
const WORST = ["output", "output-preview"];

/** The lower, the more trusted. */
export function sourceRank(source: string): number {
  const place = RANKING.indexOf(source);
  return place >= 0 ? place : RANKING.length + 1 + WORST.indexOf(source);
}

const WORDS: Record<string, string> = {
  ...{ api: "import modeltrail", mlflow: "MLflow", tensorboard: "TensorBoard", "metrics-file": "files" },
  ...{ system: "Modeltrail", output: "output", "output-preview": "output" },
};

/** The sources of one metric in words for people, the most trusted first: "MLflow, output". */
export function sourceWords(sources: readonly string[]): string {
  const ordered = sources.toSorted((one, other) => sourceRank(one) - sourceRank(other));
  return [...new Set(ordered.map((source) => WORDS[source] ?? source))].join(", ");
}

/** Lines in progress and finished lines are told by one voice: they count steps alike. */
export function voiceOf(source: string): string {
  return source === "output-preview" ? "output" : source;
}
