/** A report as one HTML file that needs nothing else, runs no script and loads nothing. */
import { createHash } from "node:crypto";
import { formatCommand } from "../domain/format";
import { escapeXml as e } from "./escapeXml";
import { chartStyle, lineChart } from "./lineChart";
import type { Report, ReportRun } from "./report";
import { changeOf, day, metricText, runFacts } from "./words";

const STYLE = `
:root{color-scheme:light dark;--ink:#24292f;--faint:#57606a;--line:#d8dee4;--ground:#fff;--mark:#ddf4ff;--better:#116329;--worse:#a40e26}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--faint:#9198a1;--line:#30363d;--ground:#0d1117;--mark:#121d2f;--better:#7ee787;--worse:#ff7b72}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:1100px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.35rem .7rem;text-align:left;vertical-align:top;max-width:24rem;overflow-wrap:anywhere}
th{white-space:nowrap}td.number{text-align:right;white-space:nowrap}tr.baseline{background:var(--mark)}
.best{font-weight:700}.better{color:var(--better)}.worse{color:var(--worse)}.faint{color:var(--faint)}
figure{margin:1.5rem 0}figcaption{font-weight:600;overflow-wrap:anywhere}svg{width:100%;max-width:760px;height:auto}
code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}.note{white-space:pre-wrap}
${chartStyle("svg")}
`;

export function reportPage(report: Report): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const title = e(report.title);
  const parts = [
    `<h1>${title}</h1>`,
    report.note === "" ? "" : `<p class="note">${e(report.note)}</p>`,
    runTable(report),
    changes(report),
    curves(report),
    same(report),
    `<h2>Runs</h2><ul>${report.runs.map(runItem).join("")}</ul>`,
    `<p class="faint">Made by Modeltrail, ${day(report.created)} UTC.</p>`,
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${parts.filter((part) => part !== "").join("\n")}
</body>
</html>
`;
}

function runTable(report: Report): string {
  const { metrics, params, runs, baseline } = report;
  const header = [
    "Run",
    ...metrics.map(({ name, lessIsBetter }) => `${name} ${lessIsBetter ? "↓" : "↑"}`),
    ...params,
    "Ended",
  ];
  const rows = runs.map((run, at) => {
    const isBase = at === baseline;
    const name = `<th scope="row">${e(run.name)}${isBase ? ' <span class="faint">baseline</span>' : ""}</th>`;
    const numbers = metrics.map((metric) => metricCell(report, metric, run, at));
    const texts = [...params.map((param) => run.params[param] ?? ""), runFacts(run)].map(
      (text) => `<td>${e(text)}</td>`,
    );
    return `<tr${isBase ? ' class="baseline"' : ""}>${[name, ...numbers, ...texts].join("")}</tr>`;
  });
  const head = header.map((name) => `<th scope="col">${e(name)}</th>`).join("");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** Better and worse are told by the sign too, and the best by weight and star: never by colour alone. */
function metricCell(report: Report, metric: Report["metrics"][number], run: ReportRun, at: number): string {
  const change = changeOf(report, metric.name, run);
  const isBest = metric.best.includes(at);
  const trend = change === null || change === 0 ? "" : change < 0 === metric.lessIsBetter ? "better" : "worse";
  const classes = ["number", isBest ? "best" : "", trend].filter((name) => name !== "").join(" ");
  return `<td class="${classes}">${isBest ? "★ " : ""}${e(metricText(report, metric, run))}</td>`;
}

function changes({ runs, baseline }: Report): string {
  const base = baseline === null ? undefined : runs[baseline];
  const items = runs.flatMap(({ name, changes }) => (changes === null ? [] : `<li>${e(name)}: ${e(changes)}</li>`));
  return base === undefined || items.length === 0
    ? ""
    : `<h2>What changed against ${e(base.name)}</h2><ul>${items.join("")}</ul>`;
}

function curves(report: Report): string {
  const { charts, chartsLeftOut } = report;
  if (charts.length === 0) return "";
  const figures = charts.map(
    (chart) => `<figure><figcaption>${e(chart.metric)}</figcaption>${lineChart(report, chart, false)}</figure>`,
  );
  const rest = chartsLeftOut > 0 ? `<p class="faint">${chartsLeftOut} more metrics have curves.</p>` : "";
  return `<h2>Curves</h2>${figures.join("\n")}${rest}`;
}

function same({ sameParams, runs }: Report): string {
  const entries = Object.entries(sameParams);
  if (entries.length === 0 || runs.length === 1) return "";
  const list = entries.map(([name, value]) => `<code>${e(name)}</code> = <code>${e(value)}</code>`).join(", ");
  return `<p>The same in all runs: ${list}.</p>`;
}

function runItem({ id, name, experiment, startTime, code, command, note }: ReportRun): string {
  const facts = [experiment, `${day(startTime)} UTC`, ...(code === null ? [] : [`code ${code}`])].map(e).join(", ");
  const words = note === "" ? "" : `<br>${e(note)}`;
  const line = e(formatCommand(command));
  return `<li>${e(name)} <span class="faint">${id.slice(0, 8)}, ${facts}</span><br><code>${line}</code>${words}</li>`;
}
