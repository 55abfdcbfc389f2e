/** `modeltrail lineage FILE` */
import { lineageOf } from "../../compare/lineage";
import { UserError } from "../../domain/errors";
import { formatAgo, formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { Lineage, LineageDataset, LineageDirection, LineageFile, LineageRun } from "../../domain/lineage";
import { findLineageStart } from "../../snapshot/lineageStart";
import { readManifest } from "../../snapshot/manifest";
import { withStore } from "../open";
import { oneLine, print, styled } from "../print";

export interface LineageCommandOptions {
  up?: boolean;
  down?: boolean;
  depth: string;
  limit: string;
  json?: boolean;
}

export async function lineageCommand(file: string, options: LineageCommandOptions): Promise<void> {
  if (options.up && options.down) throw new UserError("Give --up or --down, not both.");
  const direction: LineageDirection = options.down ? "down" : "up";
  const [depth, limit] = [wholeNumber("--depth", options.depth), wholeNumber("--limit", options.limit)];
  await withStore(async (store) => {
    const { start, note } = await findLineageStart(store, file, process.cwd());
    const filesOf = (version: string) => readManifest(store.folder, version);
    const lineage = await lineageOf(store, start, { direction, depth, limit, filesOf });
    if (note) lineage.root.note = note;
    print(options.json ? toJson(lineage, 2) : lineageText(lineage));
  });
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new UserError(`"${text}" is not a number for ${option}. Give it a whole number of 1 or more.`);
  }
  return number;
}

function lineageText({ direction, root, complete }: Lineage): string {
  const lines = [`${styled(sourceName(root), "bold")}${details(root)}`, ...runLines(root, direction, "")];
  if (root.runs.length === 0) {
    lines.push(direction === "up" ? "No recorded run wrote it." : "No recorded run read it.");
  }
  if (!complete) lines.push(styled("Not all is shown: --depth and --limit show more.", "dim"));
  return lines.join("\n");
}

function sourceName(source: LineageFile | LineageDataset): string {
  return source.kind === "file" ? oneLine(source.path) : `${oneLine(source.name)} ${source.version.slice(0, 12)}`;
}

function details(source: LineageFile | LineageDataset): string {
  const facts = [
    source.kind === "dataset" ? `${source.files} ${source.files === 1 ? "file" : "files"}` : "",
    source.size === null ? "" : formatSize(source.size),
    source.note ?? "",
    stopText(source.stop),
  ].filter((fact) => fact !== "");
  return facts.length > 0 ? styled(`  ${facts.join(", ")}`, "dim") : "";
}

function stopText(stop: LineageFile["stop"]): string {
  if (stop === "shown") return "see above";
  return stop === undefined ? "" : "goes on";
}

function runLines(source: LineageFile | LineageDataset, direction: LineageDirection, indent: string): string[] {
  const items = source.runs.map((run) => ({ head: runHead(run, source, direction), below: run }));
  return branches(items, source.more, "runs", indent, (run, deeper) => fileLines(run, direction, deeper));
}

function fileLines(run: LineageRun, direction: LineageDirection, indent: string): string[] {
  const items = run.files.map((file) => ({ head: sourceName(file) + details(file), below: file }));
  return branches(items, run.more, "files", indent, (file, deeper) => runLines(file, direction, deeper));
}

function branches<T>(
  items: { head: string; below: T }[],
  more: number,
  what: string,
  indent: string,
  linesBelow: (item: T, indent: string) => string[],
): string[] {
  return [
    ...items.flatMap(({ head, below }, index) => {
      const isLast = index === items.length - 1 && more === 0;
      return [`${indent}${isLast ? "└─" : "├─"} ${head}`, ...linesBelow(below, `${indent}${isLast ? "   " : "│  "}`)];
    }),
    ...(more > 0 ? [`${indent}└─ ${styled(`${more} more ${what}`, "dim")}`] : []),
  ];
}

function runHead(run: LineageRun, source: LineageFile | LineageDataset, direction: LineageDirection): string {
  const verb = direction === "up" ? "written by" : "read by";
  const name = source.kind === "file" ? source.path : source.name;
  const facts = [
    oneLine(run.experiment),
    ...(run.status === "finished" ? [] : [run.status]),
    formatAgo(run.startTime, Date.now()),
    ...(run.path === name ? [] : [`as ${oneLine(run.path)}`]),
    ...(run.link === "path" ? ["by its name only: the content is not known"] : []),
    ...(run.stop === undefined ? [] : [stopText(run.stop)]),
  ];
  return `${verb} ${styled(oneLine(run.name), "blue")} ${styled(`(${run.id.slice(0, 8)}; ${facts.join(", ")})`, "dim")}`;
}
