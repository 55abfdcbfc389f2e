/** Targets and their checks in words. */
import { formatSize } from "../../domain/format";
import { LOCAL } from "../../domain/localTarget";
import type { TargetCheck } from "../worker/chores/api";
import type { TargetInfo } from "../worker/jobs/api";

/** E.g. "ssh · gpu-box · 2 slots". */
export function describeTarget({ kind, place, slots, costPerHour }: TargetInfo): string {
  const facts = [
    kind === LOCAL ? "this machine" : kind,
    place,
    slots === null ? "" : slots === 1 ? "1 slot" : `${slots} slots`,
    costPerHour === null ? "" : `${costPerHour} per hour`,
  ];
  return facts.filter(Boolean).join(" · ");
}

export type CheckResult = "ok" | "warning" | "error";

export function resultOf({ problems }: TargetCheck): CheckResult {
  if (problems.some(({ severity }) => severity === "error")) return "error";
  return problems.length > 0 ? "warning" : "ok";
}

/** One line: the worst first, and what would be sent. */
export function describeCheck(check: TargetCheck): string {
  const { problems } = check;
  const [first] = [...problems].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "error" ? -1 : 1));
  if (!first) return ["Ready", describeSize(check)].filter(Boolean).join(" · ");
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const [line] = first.message.split("\n");
  return `${line}${more}`;
}

/** E.g. "sends 12 files of code (48.0 kB) and 3 of data (2.1 MB)"; empty when nothing is known of it. */
function describeSize({ size }: TargetCheck): string {
  if (!size) return "";
  const files = (count: number) => (count === 1 ? "1 file" : `${count.toLocaleString("en")} files`);
  const code = `sends ${files(size.codeFiles)} of code (${formatSize(size.codeBytes)})`;
  return size.dataFiles === 0
    ? code
    : `${code} and ${size.dataFiles.toLocaleString("en")} of data (${formatSize(size.dataBytes)})`;
}

/** All of it: a line for each problem, and what would be sent. */
export const describeFindings = (check: TargetCheck): string =>
  [listProblems(check), describeSize(check)].filter(Boolean).join("\n\n");

function listProblems({ problems }: TargetCheck): string {
  return problems.map(({ severity, message }) => `${severity === "error" ? "✗" : "!"} ${message}`).join("\n");
}
