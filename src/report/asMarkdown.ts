/** A report as Markdown: a document with pictures beside it, or a comment for a pull request. */
import { formatCommand } from "../domain/format";
import { markdownTable, plainMarkdown as plain } from "../domain/markdown";
import { lineChart } from "./lineChart";
import type { Report } from "./report";
import { day, metricText, runFacts } from "./words";

/** What a comment begins with, so that it can be found and replaced by the next. */
export const COMMENT_MARK = "<!-- modeltrail-report -->";
/** GitHub takes comments of up to 65,536 characters. */
const LONGEST_COMMENT = 60_000;
/** Columns of a comment are few: it is read beside code. */
const COMMENT_METRICS = 5;
const COMMENT_PARAMS = 6;

export interface MarkdownReport {
  text: string;
  /** Pictures by the name under which the text refers to them, in `folder`. */
  pictures: { name: string; svg: string }[];
}

/** `folder`: where the pictures are going to be, as the text names it. */
export function reportDocument(report: Report, folder: string): MarkdownReport {
  const pictures = report.charts.map((chart, at) => ({
    name: `chart-${at + 1}.svg`,
    metric: chart.metric,
    svg: lineChart(report, chart, true),
  }));
  const charts = pictures.map(({ name, metric }) => `![${plain(metric)}](${encodeURI(folder)}/${name})`);
  const blocks = [
    `# ${plain(report.title)}`,
    noteText(report.note),
    runTable(report, report.metrics.length, report.params.length),
    changesText(report),
    ...(charts.length > 0 ? ["## Curves", ...charts] : []),
    ...(report.chartsLeftOut > 0 ? [`${report.chartsLeftOut} more metrics have curves.`] : []),
    sameText(report),
    "## Runs",
    report.runs.map(runLine).join("\n"),
    `Made by Modeltrail, ${day(report.created)} UTC.`,
  ];
  return { text: join(blocks), pictures };
}

/** Bounded in length: what does not fit is counted. */
export function reportComment(report: Report): string {
  for (let runs = report.runs.length; ; runs = Math.floor(runs / 2)) {
    const text = commentOf(report, runs);
    if (text.length <= LONGEST_COMMENT || runs === 0) return text.slice(0, LONGEST_COMMENT);
  }
}

/** No name of a run is to call a person or to link an issue. */
function commentOf(report: Report, most: number): string {
  const shown = { ...report, runs: report.runs.slice(0, most) };
  const left = report.runs.length - most;
  return join([
    COMMENT_MARK,
    `### ${plain(report.title)}`,
    noteText(report.note),
    runTable(shown, COMMENT_METRICS, COMMENT_PARAMS, report),
    ...(left > 0 ? [`${left} more runs are left out.`] : []),
    details("What changed", changesText(shown, report)),
    details("Commands", shown.runs.map(runLine).join("\n")),
  ]).replaceAll(/([@#])(?=\w)/g, "$1<!-- -->");
}

const join = (blocks: string[]) => `${blocks.filter((block) => block !== "").join("\n\n")}\n`;

const details = (title: string, text: string) =>
  text === "" ? "" : `<details><summary>${title}</summary>\n\n${text}\n\n</details>`;

const noteText = (note: string) =>
  note
    .split(/\n{2,}/)
    .map(plain)
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");

function runTable(shown: Report, metrics: number, params: number, whole = shown): string {
  const told = shown.metrics.slice(0, metrics);
  const names = shown.params.slice(0, params);
  const header = [
    "Run",
    ...told.map(({ name, lessIsBetter }) => `${name} ${lessIsBetter ? "↓" : "↑"}`),
    ...names,
    "Ended",
  ];
  const rows = shown.runs.map((run, at) => [
    at === whole.baseline ? `${run.name} (baseline)` : run.name,
    ...told.map((metric) => (metric.best.includes(at) ? "★ " : "") + metricText(whole, metric, run)),
    ...names.map((name) => run.params[name] ?? ""),
    runFacts(run),
  ]);
  return markdownTable(header, rows);
}

/** What differs from the baseline, a line for each run. */
function changesText({ runs, baseline }: Report, whole?: Report): string {
  const base = baseline === null ? undefined : (whole?.runs ?? runs)[baseline];
  const lines = runs.flatMap(({ name, changes }) => (changes === null ? [] : `- ${plain(name)}: ${plain(changes)}`));
  return base === undefined || lines.length === 0 ? "" : `Against ${plain(base.name)}:\n\n${lines.join("\n")}`;
}

function sameText({ sameParams, runs }: Report): string {
  const params = Object.entries(sameParams).map(([name, value]) => `${name} = ${value}`);
  return params.length === 0 || runs.length === 1 ? "" : plain(`The same in all runs: ${params.join(", ")}.`);
}

function runLine({ id, name, experiment, startTime, code, command, note }: Report["runs"][number]): string {
  const facts = [
    `${experiment}, ${day(startTime)} UTC`,
    ...(code === null ? [] : [`code ${code}`]),
    formatCommand(command),
  ];
  return `- ${plain(`${name} (${id.slice(0, 8)}): ${facts.join(", ")}`)}${note === "" ? "" : `. ${plain(note)}`}`;
}
