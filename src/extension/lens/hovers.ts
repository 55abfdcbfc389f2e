/** What a hover says of a metric or a param, as Markdown with links to commands. Names and values are the user's. */
import type { MetricResults, ResultRun } from "../../compare/fileResults";
import { formatAgo, formatNumber } from "../../domain/format";
import { Command } from "../contributions";
import { markdownCell, markdownTable } from "../markdown";
import { describeStatus } from "../tree/tooltip";
import type { EditorResults, MetricTrail, ParamTrail } from "../worker/fileResults";
import { pictureAddress, sparkline } from "./sparkline";

/** The only commands that links in hovers may call. */
export const LINKED_COMMANDS: readonly Command[] = [Command.showRun, Command.compareRuns, Command.showHistory];

export interface HoverContext {
  root: string;
  /** The file's address, for its history. */
  file: string;
  /** The file is no longer what the results come from. */
  stale: boolean;
  /** Ms since the epoch. */
  now: number;
}

const LONGEST_NAME = 60;
const LONGEST_VALUE = 40;

export function metricHover(name: string, metric: MetricResults, trail: MetricTrail, context: HoverContext): string {
  const { last, previous, best } = metric;
  const picture = sparkline(trail.values);
  const compare = best && best.run.id !== last.run.id ? best : previous;
  const facts = [
    `last ${formatNumber(last.value)}`,
    best ? `best ${formatNumber(best.value)}, ${runLink(best.run, context)}` : "",
    `${metric.less ? "less" : "more"} counts as better`,
  ];
  return [
    `**${markdownCell(name, LONGEST_NAME)}** — ${facts.filter(Boolean).join(" · ")}`,
    context.stale ? "_The file was changed since that run._" : "",
    picture ? `![The series of the last run](${pictureAddress(picture)})` : "",
    runTable(
      name,
      trail.last.map(({ run, value }) => [run, formatNumber(value)]),
      context,
    ),
    links(compare && [compare.run, last.run], context),
  ]
    .filter(Boolean)
    .join("\n\n");
}

export function paramHover(
  name: string,
  { best, key }: EditorResults,
  { runs }: ParamTrail,
  context: HoverContext,
): string {
  const value = best && Object.hasOwn(best.params, name) ? best.params[name]! : undefined;
  const newest = runs[0]?.run;
  const rows = runs.map((given): Row => {
    const result = key === null || Number.isNaN(given.result) ? "" : formatNumber(given.result);
    return [given.run, given.value, result];
  });
  return [
    `**${markdownCell(name, LONGEST_NAME)}**${
      best && value !== undefined
        ? ` — the best run, ${runLink(best.run, context)}, used ${markdownCell(value, LONGEST_VALUE)}`
        : ""
    }`,
    runTable("Value", rows, context, key ?? undefined),
    links(best && newest && best.run.id !== newest.id ? [best.run, newest] : null, context),
  ]
    .filter(Boolean)
    .join("\n\n");
}

type Row = [run: ResultRun, value: string, result?: string];

function runTable(title: string, rows: Row[], context: HoverContext, result?: string): string {
  const columns = [
    { title: "Run" },
    { title: markdownCell(title, LONGEST_VALUE), align: "right" as const },
    ...(result === undefined ? [] : [{ title: markdownCell(result, LONGEST_VALUE), align: "right" as const }]),
    { title: "" },
  ];
  const lines = rows.map(([run, value, outcome]) => [
    runLink(run, context),
    markdownCell(value, LONGEST_VALUE),
    ...(result === undefined ? [] : [outcome ?? ""]),
    // Columns stand close to each other in hovers.
    `&nbsp;${[run.status === "finished" ? "" : describeStatus(run), formatAgo(run.startTime, context.now)]
      .filter(Boolean)
      .join(" · ")}`,
  ]);
  return markdownTable(columns, lines);
}

const runLink = (run: ResultRun, { root }: HoverContext) =>
  commandLink(markdownCell(run.name, LONGEST_NAME), Command.showRun, [{ root, id: run.id }]);

function links(compared: readonly [ResultRun, ResultRun] | null | undefined, { root, file }: HoverContext): string {
  const references = compared?.map(({ id }) => ({ root, id }));
  return [
    references ? commandLink("What Changed", Command.compareRuns, [references[0], references]) : "",
    commandLink("History of This File", Command.showHistory, [file]),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** `text` is Markdown. */
function commandLink(text: string, command: Command, given: unknown[]): string {
  const query = encodeURIComponent(JSON.stringify(given)).replace(/[()]/g, (bracket) =>
    bracket === "(" ? "%28" : "%29",
  );
  return `[${text}](command:${command}?${query})`;
}
