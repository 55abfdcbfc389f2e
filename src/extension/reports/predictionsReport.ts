/** What a deployment was asked and answered, as a document: how much by which version, and the newest one by one. */
import type { Prediction } from "../../domain/prediction";
import { inputsInShort, outputsInShort } from "../../domain/predictionText";
import { milliseconds } from "../deployments/describeDeployment";
import { code, escapeMarkdown, markdownCell, markdownTable } from "../markdown";
import type { PredictionCount, PredictionsView } from "../worker/deployments/api";

const NOTHING =
  "Nothing is logged. This machine's gateway logs what is asked through it, unless `log: false` says not to; what is served elsewhere may answer without it.";
const LONGEST_CELL = 200;
const right = (title: string) => ({ title, align: "right" as const });

/** Markdown. `version`: the one whose predictions are listed; null: all of them are. */
export function predictionsReport(
  { name, version }: { name: string; version: number | null },
  view: PredictionsView,
): string {
  const { counts, counted, sinceChange, newest } = view;
  const blocks =
    counted === 0
      ? [NOTHING]
      : [
          spanOf(view),
          countTable(counts),
          sinceChange ? `Since the last change, ${new Date(sinceChange.time).toLocaleString()}:` : "",
          sinceChange ? countTable(sinceChange.counts) : "",
          `## ${version === null ? "Newest" : `Newest of version ${version}`}`,
          newest.length === 0
            ? "None are logged."
            : markdownTable(
                ["When", "Version", "Status", "Latency", "Input", "Output", "Label", "Id"].map((title) => ({ title })),
                newest.map(predictionCells),
              ),
        ];
  return `${[`# Predictions of ${escapeMarkdown(name)}`, ...blocks].filter(Boolean).join("\n\n")}\n`;
}

function spanOf({ counted, more, since }: PredictionsView): string {
  const from = new Date(since!).toLocaleString();
  const count = counted.toLocaleString();
  if (more) return `The newest ${count}, since ${from}:`;
  return counted === 1 ? `One, of ${from}:` : `All ${count}, since ${from}:`;
}

function countTable(counts: readonly PredictionCount[]): string {
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  return markdownTable(
    [{ title: "Version" }, { title: "Role" }, ...["Predictions", "Share", "Errors", "p50", "p95"].map(right)],
    counts.map((count) => countCells(count, all)),
  );
}

function countCells({ version, role, count, errors, p50, p95 }: PredictionCount, counted: number): string[] {
  const share = `${Number(((100 * count) / counted).toPrecision(3))} %`;
  return [
    String(version),
    role,
    count.toLocaleString(),
    share,
    errors.toLocaleString(),
    milliseconds(p50),
    milliseconds(p95),
  ];
}

function predictionCells({ id, time, role, version, status, latency, inputs, outputs, label }: Prediction): string[] {
  const cell = (text: string | null) => markdownCell(text ?? "", LONGEST_CELL);
  return [
    cell(new Date(time).toLocaleString()),
    role === "champion" ? String(version) : `${version} (${role})`,
    String(status),
    milliseconds(latency),
    ...[inputs && inputsInShort(inputs), outputs && outputsInShort(outputs), label].map(cell),
    code(id),
  ];
}
