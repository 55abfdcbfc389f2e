/** The verdict over a reproduction: from what is the same and what is not, to one word and the reasons for it. */
import type { InputDifference, ReproducedMetric, ReproducedOutput, VerdictKind } from "../domain/reproduction";
import type { Run } from "../domain/run";

export interface Findings {
  before: Pick<Run, "status" | "exitCode" | "signal">;
  after: Pick<Run, "status" | "exitCode" | "signal">;
  outputs: readonly ReproducedOutput[];
  metrics: readonly ReproducedMetric[];
  inputs: readonly InputDifference[];
}

export interface Verdict {
  verdict: VerdictKind;
  /** Likeliest first; empty when nothing differs. */
  reasons: string[];
}

/** `seedHint`: what the code says about seeds; asked only where nothing else explains a difference. */
export async function reachVerdict(findings: Findings, seedHint: () => Promise<string | null>): Promise<Verdict> {
  const { before, after, outputs, metrics, inputs } = findings;
  const endedSame = before.status === after.status && before.exitCode === after.exitCode;
  const parts = [...outputs, ...metrics].map(({ verdict }) => verdict);
  const isDifferent = !endedSame || parts.some((part) => ["different", "missing", "added"].includes(part));
  if (!isDifferent) {
    return { verdict: parts.includes("within-tolerance") ? "within-tolerance" : "same", reasons: [] };
  }
  const reasons: string[] = [];
  if (!endedSame) reasons.push(`The first run ${endText(before)}, this one ${endText(after)}.`);
  const given = inputs.filter(({ part }) => part !== "host").map(({ message }) => message);
  reasons.push(...given, ...outputs.flatMap(({ verdict, why }) => (why && isWrong(verdict) ? [why] : [])));
  if (given.length === 0 && hasUnexplained(findings)) {
    const hosts = inputs.filter(({ part }) => part === "host").map(({ message }) => message);
    // A run that did not get as far says nothing about chance.
    if (endedSame) reasons.unshift([UNEXPLAINED, await seedHint()].filter(Boolean).join(" "), ...hosts);
    else reasons.push(...hosts);
  }
  return { verdict: "different", reasons };
}

const UNEXPLAINED = "All recorded inputs are the same, so the run itself does not give the same twice.";

const isWrong = (verdict: ReproducedOutput["verdict"]) => verdict === "different";

/** Whether something differs of which nothing else is known. */
function hasUnexplained({ outputs, metrics }: Findings): boolean {
  const metric = metrics.some(({ verdict }) => verdict === "different" || verdict === "missing" || verdict === "added");
  return metric || outputs.some(({ verdict, why }) => why === null && verdict !== "same");
}

function endText({ status, exitCode, signal }: Findings["before"]): string {
  if (status === "finished") return "finished";
  if (status === "failed") return `failed with exit code ${exitCode}`;
  if (status === "killed") return signal ? `was ended by ${signal}` : "was stopped";
  return status === "lost" ? "was lost before its end was seen" : "is still running";
}
