/** Whether a run came to the same when it was run again, as a document. */
import { formatNumber } from "../../domain/format";
import type { PartVerdict, Reproduction } from "../../domain/reproduction";
import type { MetricSummary } from "../../domain/run";
import { code, escapeMarkdown, markdownCell, markdownTable } from "../markdown";

const NONE = "–";
const LONGEST = 200;

const VERDICTS: Record<Reproduction["verdict"], string> = {
  same: "The same: every output has the same content, every metric the same values.",
  "within-tolerance": "Within tolerance: numbers differ, by no more than was allowed.",
  different: "Different.",
};

const WORDS: Record<PartVerdict, string> = {
  same: "the same",
  "within-tolerance": "within tolerance",
  different: "**different**",
  missing: "**missing** this time",
  added: "**only** this time",
  "not-judged": "tells of time, not judged",
};

/** Markdown. `names`: of the first run and of the one that was made for it. */
export function reproductionReport(names: { run: string; child: string }, found: Reproduction): string {
  const { verdict, tolerance, reasons, inputs, outputs, metrics, folder } = found;
  return `${[
    `# ${escapeMarkdown(names.run)}, reproduced`,
    `By ${escapeMarkdown(names.child)}${folder === null ? "" : `, in ${escapeMarkdown(folder)}`}`,
    `**${VERDICTS[verdict]}**`,
    tolerance > 0 ? `Allowed relative difference of numbers: ${escapeMarkdown(formatNumber(tolerance))}` : "",
    list("Why", reasons.map(escapeMarkdown)),
    list(
      "What it was not given as before",
      inputs.map(
        ({ part, path, message }) => `${part}${path === null ? "" : ` ${code(path)}`}: ${escapeMarkdown(message)}`,
      ),
    ),
    section(
      "Outputs",
      markdownTable(
        [{ title: "File" }, { title: "Result" }, { title: "" }],
        outputs.map(({ path, verdict, why }) => [code(path), WORDS[verdict], why === null ? "" : cell(why)]),
      ),
    ),
    section(
      "Metrics",
      markdownTable(
        [
          { title: "Metric" },
          { title: "Result" },
          { title: escapeMarkdown(names.run), align: "right" },
          { title: escapeMarkdown(names.child), align: "right" },
          { title: "Largest difference", align: "right" },
        ],
        metrics.map(({ name, verdict, before, after, difference }) => [
          cell(name),
          WORDS[verdict],
          last(before),
          last(after),
          difference === null || difference === 0 ? NONE : cell(formatNumber(difference)),
        ]),
      ),
    ),
    outputs.length + metrics.length === 0 ? "The run had no outputs and no metrics to compare." : "",
  ]
    .filter(Boolean)
    .join("\n\n")}\n`;
}

const cell = (text: string) => markdownCell(text, LONGEST);
const last = (metric: MetricSummary | null) => (metric === null ? NONE : cell(formatNumber(metric.last)));
const section = (title: string, body: string) => (body === "" ? "" : `## ${title}\n\n${body}`);
const list = (title: string, lines: string[]) => section(title, lines.map((line) => `- ${line}`).join("\n"));
