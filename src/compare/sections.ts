/** A comparison in words: what differs, part by part, what is the same, and what is not certain. */
import type { ComparedSide, RunComparison, Uncertainty } from "../domain/comparison";
import { formatDuration } from "../domain/format";
import { count, cut, sideLabels } from "./cells";
import { codeSection, configSection, dataSection, outputsSection } from "./fileSections";
import type { Section, SectionOptions } from "./section";
import {
  commandSection,
  datasetsSection,
  environmentSection,
  hostSection,
  metricsSection,
  paramsSection,
} from "./valueSections";

export interface DescribeOptions {
  /** Rows of a section before the rest is only counted. Default 20. */
  listed?: number;
  /** Environments in full, and not in one line. */
  environment?: boolean;
  /** A time, ms since the epoch, as it is to be read. */
  when(time: number): string;
}

export interface ComparisonText {
  /** One row a side: what stands for it in the tables, its name, and when and how it ran. */
  sides: string[][];
  /** Only those in which something differs (with a comparison of all: that there is). */
  sections: Section[];
  /** What was compared and does not differ, e.g. ["code", "data (1201 files)"]. */
  same: string[];
  uncertain: string[];
  /** A word on all of it, e.g. that the runs are repeats of each other; may be empty. */
  note: string;
}

export function describeComparison(comparison: RunComparison, options: DescribeOptions): ComparisonText {
  const { listed = 20, environment = false, when } = options;
  const labels = sideLabels(comparison.sides);
  const shape: SectionOptions = { labels, isRun: comparison.sides.map(({ id }) => id !== null), listed, environment };
  const sections = [
    paramsSection,
    metricsSection,
    codeSection,
    configSection,
    environmentSection,
    dataSection,
    datasetsSection,
    commandSection,
    hostSection,
    outputsSection,
  ].map((describe) => describe(comparison, shape));
  return {
    sides: sideRows(comparison.sides, labels, when),
    sections: sections.filter(({ headline, rows }) => headline !== "" || rows.length > 0),
    same: sameParts(comparison),
    uncertain: doubtTexts(comparison, listed),
    note: repeatNote(comparison),
  };
}

function sideRows(
  sides: readonly ComparedSide[],
  labels: readonly string[],
  when: (time: number) => string,
): string[][] {
  const experiments = new Set(sides.flatMap(({ experiment }) => experiment ?? []));
  return sides.map(({ name, experiment, status, startTime, endTime }, at) => {
    const label = labels[at]!;
    const shown = label === cut(name, label.length) ? [name] : [label, name];
    if (status === null || startTime === null) return [...shown, "the files and the environment as they are now"];
    const took = endTime === null ? "" : `, took ${formatDuration(endTime - startTime)}`;
    return [...shown, `${experiments.size > 1 ? `${experiment}, ` : ""}${status}, started ${when(startTime)}${took}`];
  });
}

function repeatNote({ sides: [first, ...others], metrics }: RunComparison): string {
  const isRepeat = first?.inputs != null && others.every(({ inputs }) => inputs === first.inputs);
  if (!isRepeat) return "";
  const differ = metrics.some(({ differs }) => differs);
  return `All had the same inputs${differ ? ": what differs in their metrics is chance." : "."}`;
}

/** Parts that at least two sides have a say in, and that do not differ. */
function sameParts(comparison: RunComparison): string[] {
  const { sides, params, metrics, code, config, environment, data, command, host, outputs } = comparison;
  const isPair = sides.filter(({ id }) => id !== null).length > 1;
  const isKnown = environment.known.filter(Boolean).length > 1;
  const none = (entries: readonly { differs: boolean }[]) => entries.every(({ differs }) => !differs);
  const files = ({ counts: { same, ...others } }: RunComparison["data"]) =>
    same > 0 && Object.values(others).every((number) => number === 0);
  const parts: [name: string, isSame: boolean][] = [
    ["params", isPair && none(params)],
    ["metrics", isPair && none(metrics)],
    ["code", code.every(({ changes }) => changes?.length === 0)],
    ["config", none(config)],
    ["environment", isKnown && environment.summary === ""],
    [`data (${count(data.counts.same, "file")})`, files(data)],
    ["command", isPair && none(command)],
    ["host", isKnown && none(host)],
    [`files written (${outputs.counts.same})`, files(outputs)],
  ];
  return parts.filter(([, isSame]) => isSame).map(([name]) => name);
}

function doubtTexts({ uncertain, sides }: RunComparison, listed: number): string[] {
  const texts = uncertain.slice(0, listed).map((doubt) => doubtText(doubt, sides));
  const left = uncertain.length - texts.length;
  return left > 0 ? [...texts, `and ${left} more`] : texts;
}

function doubtText({ sides: about, message }: Uncertainty, sides: readonly ComparedSide[]): string {
  const names = about.map((side) => sides[side]!.name);
  const isSaid = about.length === sides.length || names.every((name) => message.includes(name));
  return isSaid ? message : `${names.join(", ")}: ${message}`;
}
