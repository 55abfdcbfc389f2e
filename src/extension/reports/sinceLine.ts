/** What differs between two runs, in one line: "lr 0.1 → 0.01 · 2 files of code · data". */
import type { ComparedText, RunComparison } from "../../domain/comparison";
import { shorten } from "../markdown";

const MOST_VALUES = 3;
const LONGEST_VALUE = 24;

/** Of a comparison of two sides. What matters most comes first, as the end of a line may be cut off. */
export function differenceLine(comparison: RunComparison): string {
  const { params, config, code, environment, data, datasets, command } = comparison;
  const files = code[1]?.changes;
  // What the command says in other words is in the params already.
  const otherCommand = params.length === 0 ? command.filter(({ name }) => name === "command") : [];
  const parts = [
    describeTexts(params),
    count(config.filter(({ keys }) => keys?.length !== 0).length, "config file", "config files"),
    files ? describeFiles(files.map(({ path }) => path)) : files === null ? "code unknown" : "",
    describeData(data.counts, datasets.length),
    environment.summary,
    otherCommand.length > 0 ? "command" : "",
  ];
  return parts.filter(Boolean).join(" · ") || "nothing changed";
}

function describeTexts(texts: ComparedText[]): string {
  const shown = texts.slice(0, MOST_VALUES).map(({ name, values }) => {
    const [before, after] = values.map((value) => (value === null ? null : shorten(value, LONGEST_VALUE)));
    if (before === null) return `${name}=${after}`;
    return after === null ? `no ${name}` : `${name} ${before} → ${after}`;
  });
  const left = texts.length - shown.length;
  return [...shown, left > 0 ? `${left} more params` : ""].filter(Boolean).join(", ");
}

function describeFiles(paths: string[]): string {
  if (paths.length === 1) return paths[0]!;
  return count(paths.length, "file of code", "files of code");
}

function describeData(counts: RunComparison["data"]["counts"], datasets: number): string {
  const { added = 0, removed = 0, changed = 0, unknown = 0 } = counts;
  const files = added + removed + changed;
  if (files > 0) return `data (${count(files, "file", "files")})`;
  if (datasets > 0) return "data";
  return unknown > 0 ? "data unknown" : "";
}

const count = (number: number, one: string, many: string) =>
  number === 0 ? "" : `${number} ${number === 1 ? one : many}`;
