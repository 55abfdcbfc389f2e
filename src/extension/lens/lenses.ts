/** What stands above the code of a file: where, and in which words. Pure over the file's marks and its results. */
import { isImprovement, type MetricResults, type ResultRun } from "../../compare/fileResults";
import { tellingMetric } from "../../compare/keyMetric";
import { formatNumber } from "../../domain/format";
import { LOCAL } from "../../domain/localTarget";
import { Command } from "../contributions";
import { describeStatus } from "../tree/tooltip";
import type { EditorResults } from "../worker/fileResults";
import type { NamedMetric } from "./python/calls";
import type { FunctionMark, PythonMarks } from "./python/marks";
import { printedMetrics } from "./python/printed";

/** A line above which results stand. */
export interface LensPlace {
  /** From 0. */
  line: number;
  /** The metric that it is about; null: the runs have none. */
  metric: string | null;
  /** Above the whole file, not above a function. */
  isFile: boolean;
}

export interface LensItem {
  title: string;
  tooltip: string;
  command: Command;
  arguments: unknown[];
}

type Known = Readonly<Record<string, unknown>>;

/** Asked for by all that show something, for one state of the file and of its runs. */
const named = new WeakMap<PythonMarks, { known: Known; metrics: NamedMetric[] }>();

/** The known metrics that a file logs or prints, in the order of the file. */
export function namedMetrics(marks: PythonMarks, known: Known): NamedMetric[] {
  const found = named.get(marks);
  if (found?.known === known) return found.metrics;
  const metrics = findMetrics(marks, known);
  named.set(marks, { known, metrics });
  return metrics;
}

function findMetrics(marks: PythonMarks, known: Known): NamedMetric[] {
  const logged = marks.logged.filter(({ name }) => Object.hasOwn(known, name));
  return [...logged, ...printedMetrics(marks, Object.keys(known))].sort((a, b) => a.end - b.end);
}

/**
 * Above the main block or the first statement stands what the whole file came to. Above a function stand results when it logs or
 * prints a metric that the newest run with metrics has; of several the most telling. Where no function names a metric, those
 * that call a method `fit` stand for what was logged for them.
 */
export function lensPlaces(marks: PythonMarks, { key, metrics }: EditorResults): LensPlace[] {
  const places = new Map<number, LensPlace>();
  const byFunction = new Map<FunctionMark, string[]>();
  for (const { name, end } of namedMetrics(marks, metrics)) {
    const around = marks.functionAt(end);
    if (around) byFunction.set(around, [...(byFunction.get(around) ?? []), name]);
  }
  for (const [{ line }, names] of byFunction) {
    places.set(line, { line, metric: tellingMetric(names) ?? null, isFile: false });
  }
  if (byFunction.size === 0 && key !== null) {
    for (const place of marks.fits) {
      const around = marks.functionAt(place);
      if (around) places.set(around.line, { line: around.line, metric: key, isFile: false });
    }
  }
  if (marks.start !== undefined) places.set(marks.start, { line: marks.start, metric: key, isFile: true });
  return [...places.values()].sort((a, b) => a.line - b.line);
}

/**
 * Of a notebook's cell: what the whole notebook came to stands above its first cell with code, above others what they log
 * themselves.
 */
export function cellPlaces(marks: PythonMarks, results: EditorResults, isFirst: boolean): LensPlace[] {
  const places = lensPlaces(marks, results);
  if (isFirst) return places;
  const own = namedMetrics(marks, results.metrics).filter(({ end }) => !marks.functionAt(end));
  const metric = tellingMetric(own.map(({ name }) => name));
  return places.flatMap((place) => {
    if (!place.isFile) return place;
    return metric === undefined ? [] : { ...place, metric, isFile: false };
  });
}

export interface LensContext {
  /** Root of the project. */
  root: string;
  /** What Run is given; undefined: nothing can be started. */
  run: unknown;
  /** Where the file was run last; undefined: nobody has chosen. */
  target?: string | undefined;
  /** What the history is given. */
  file: unknown;
  /** The file is no longer what the results come from. */
  stale: boolean;
}

/** Beside an icon VS Code takes other spaces away. */
const GAP = "\u00a0";

/** The items above one place, in order. */
export function lensItems(place: LensPlace, results: EditorResults, context: LensContext): LensItem[] {
  const metric = place.metric === null ? undefined : results.metrics[place.metric];
  const items: (LensItem | undefined)[] = [
    context.run === undefined
      ? undefined
      : {
          title: `$(play)${GAP}Run`,
          tooltip: "Run and record this file",
          command: Command.run,
          arguments: [context.run],
        },
    targetItem(context),
    lastItem(place, metric, results, context),
    bestItem(place, metric, context),
    {
      title: results.total === 1 ? "1 run" : `${results.total.toLocaleString("en")} runs`,
      tooltip: "Show the runs that used this file",
      command: Command.showHistory,
      arguments: [context.file],
    },
    compareItem(metric, context),
    place.isFile ? deployItem(results, context) : undefined,
  ];
  return items.filter((item) => item !== undefined);
}

/** The best run's model, in one click. */
function deployItem({ deployable }: EditorResults, { root, run }: LensContext): LensItem | undefined {
  if (run === undefined || deployable === undefined) return undefined;
  return {
    title: `$(rocket)${GAP}Deploy`,
    tooltip: "Deploy the model of the best run: checked before, tried after",
    command: Command.deployModel,
    arguments: [{ root, id: deployable }],
  };
}

/** The target that was chosen last, in one click. */
function targetItem({ run, target }: LensContext): LensItem | undefined {
  if (run === undefined || target === undefined || target === LOCAL) return undefined;
  return {
    title: `$(server-environment)${GAP}Run on ${target}`,
    tooltip: `Check this file on ${target}, then run and record it there`,
    command: Command.runOnTarget,
    arguments: [run, target],
  };
}

function lastItem(
  { metric: name, isFile }: LensPlace,
  metric: MetricResults | undefined,
  { last }: EditorResults,
  context: LensContext,
): LensItem {
  const show = (run: ResultRun) => ({ command: Command.showRun, arguments: [{ root: context.root, id: run.id }] });
  // That a newer run came to nothing is said once, above the file.
  if (!metric || (isFile && metric.last.run.id !== last.id && last.status !== "running")) {
    const running = last.status === "running";
    const title = running ? `$(loading~spin)${GAP}Running` : `Last: ${describeStatus(last)}`;
    return { title, tooltip: `Show ${last.name}`, ...show(last) };
  }
  const { run, value } = metric.last;
  const running = run.status === "running";
  const word = running ? `$(loading~spin)${GAP}Now` : context.stale ? "Last, of older code" : "Last";
  const title = [`${word}: ${formatNumber(value)} ${name}`, describeChange(metric)].filter(Boolean).join(" ");
  const older = context.stale ? "The file was changed since. " : "";
  return { title, tooltip: `${older}Show ${run.name}`, ...show(run) };
}

/** E.g. "↑ 0.012 better"; empty when there was no run before, or nothing changed. */
export function describeChange({ last, previous, less }: MetricResults): string {
  if (!previous) return "";
  const better = isImprovement(previous.value, last.value, less);
  if (better === null) return last.value === previous.value ? "unchanged" : "";
  const arrow = last.value > previous.value ? "↑" : "↓";
  const by = formatNumber(Math.abs(last.value - previous.value));
  return `${arrow} ${by} ${better ? "better" : "worse"}`;
}

function bestItem(
  { metric: name }: LensPlace,
  metric: MetricResults | undefined,
  { root }: LensContext,
): LensItem | undefined {
  if (!metric?.best || !metric.previous) return undefined;
  const { run, value } = metric.best;
  const isLast = run.id === metric.last.run.id;
  return {
    title: isLast ? `$(star-full)${GAP}Best so far` : `$(star-full)${GAP}Best: ${formatNumber(value)}`,
    tooltip: `${metric.less ? "Least" : "Greatest"} ${name}, of ${run.name}`,
    command: Command.showRun,
    arguments: [{ root, id: run.id }],
  };
}

/** The last run with the best, or with the one before when it is the best itself. */
function compareItem(metric: MetricResults | undefined, { root }: LensContext): LensItem | undefined {
  if (!metric?.previous) return undefined;
  const { last, best, previous } = metric;
  const withBest = best !== null && best.run.id !== last.run.id;
  const other = withBest ? best : previous;
  const runs = [other.run, last.run].map(({ id }) => ({ root, id }));
  return {
    title: withBest ? "Compare With Best" : "Compare With Previous",
    tooltip: `What changed between ${other.run.name} and ${last.run.name}`,
    command: Command.compareRuns,
    arguments: [runs[0], runs],
  };
}
