/** Params, metrics, environment and the like as they are shown. */
import type { ComparedMetric, ComparedText, RunComparison } from "../domain/comparison";
import { formatNumber } from "../domain/format";
import type { MetricSummary } from "../domain/run";
import { changeCell, NONE, valueCells } from "./cells";
import { firstRows, rowNames, type Section, type SectionOptions, section } from "./section";

export function paramsSection({ params }: RunComparison, options: SectionOptions): Section {
  return textsSection("Params", params, options.isRun, options);
}

export function hostSection({ host, environment }: RunComparison, options: SectionOptions): Section {
  return textsSection("Host", host, environment.known, options);
}

export function datasetsSection({ datasets }: RunComparison, options: SectionOptions): Section {
  const short = datasets.map(({ name, values, role, differs }) => ({
    name: role === "write" ? `${name} (written)` : name,
    values: values.map((version) => version?.slice(0, 10) ?? null),
    differs,
  }));
  return textsSection("Datasets", short, options.isRun, options);
}

/** In one line; with `environment` each package, too. */
export function environmentSection({ environment }: RunComparison, options: SectionOptions): Section {
  const { summary, known, python, packages, variables } = environment;
  const detailed = options.environment
    ? textsSection("Environment", [...python, ...packages, ...variables], known, { ...options, listed: Infinity })
    : section("Environment", {});
  return { ...detailed, headline: summary };
}

/** One row a side, as commands are long. */
export function commandSection({ command }: RunComparison, { labels, isRun }: SectionOptions): Section {
  const rows = command.flatMap(({ name, values }) =>
    values
      .map((value, side) => [side === 0 ? name : "", labels[side]!, value ?? NONE])
      .filter((_, side) => isRun[side]),
  );
  return section("Command", { titles: ["", "Run", ""], rows });
}

function textsSection(
  title: string,
  texts: readonly ComparedText[],
  can: readonly boolean[],
  options: SectionOptions,
): Section {
  const names = rowNames(texts);
  const rows = texts.map(({ values }, at) => [names[at]!, ...valueCells(values, can)]);
  return section(title, { header: ["", ...options.labels], ...firstRows(rows, rows.length, options) });
}

/** Of two sides the last values, their difference, and what the lowest and highest were; of more the last values. */
export function metricsSection({ metrics, sides }: RunComparison, options: SectionOptions): Section {
  const isPair = sides.length === 2;
  const names = rowNames(metrics);
  const rows = metrics.map((metric, at) => {
    const last = metric.values.map((value, side) => {
      if (!value) return options.isRun[side] ? NONE : "";
      return formatNumber(value.last);
    });
    const cells = [names[at]!, ...last];
    return isPair ? [...cells, changeCell(metric, 1), rangeCell(metric, "min"), rangeCell(metric, "max")] : cells;
  });
  const header = ["", ...options.labels, ...(isPair ? ["change", "min", "max"] : [])];
  return section("Metrics", { header, hasNumbers: true, ...firstRows(rows, rows.length, options) });
}

/** E.g. "0.2 → 0.18"; one number when it is the same, nothing when a side has none or neither more than one point. */
function rangeCell({ values }: ComparedMetric, key: keyof Pick<MetricSummary, "min" | "max">): string {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length || known.every(({ count }) => count <= 1)) return "";
  return [...new Set(known.map((value) => formatNumber(value[key])))].join(" → ");
}
