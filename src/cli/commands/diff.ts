/** `modeltrail diff A B`: how runs differ, and from the files as they are now. */
import { compareRuns, WORKSPACE } from "../../compare/runs";
import type { Section } from "../../compare/section";
import { describeComparison } from "../../compare/sections";
import { UserError } from "../../domain/errors";
import { formatAgo } from "../../domain/format";
import { toJson } from "../../domain/json";
import { type CodeState, codeNow, codeOfRun, placesBetween } from "../../snapshot/codeChanges";
import { codePatch } from "../../snapshot/codePatch";
import { createComparisonReaders } from "../../snapshot/comparisonReaders";
import type { Store } from "../../store/contract";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { alignedLines, oneLine, print, type Style, styled } from "../print";

export interface DiffOptions {
  /** Also what is the same. */
  all?: boolean;
  /** The environment in full. */
  environment?: boolean;
  /** The lines of code instead. */
  code?: boolean;
  json?: boolean;
}

/** Compares one run with the workspace. `references`: of runs, or "workspace". */
export async function diffCommand(references: readonly string[], options: DiffOptions): Promise<void> {
  await withStore((store) =>
    interruptible(async (signal) => {
      const sides = references.length === 1 ? [...references, WORKSPACE] : references;
      const ids = sides.map((reference) => (reference === WORKSPACE ? WORKSPACE : store.resolveRun(reference)));
      if (new Set(ids).size < ids.length) throw new UserError("These are the same run. Name two runs that differ.");
      if (options.code) await printPatch(store, ids, options, signal);
      else await printComparison(store, ids, options, signal);
    }),
  );
}

async function printComparison(store: Store, ids: string[], options: DiffOptions, signal: AbortSignal): Promise<void> {
  const { all = false, json, environment = all } = options;
  const readers = createComparisonReaders(store, { env: process.env, signal });
  try {
    const limit = json || all ? Number.POSITIVE_INFINITY : undefined;
    const comparison = await compareRuns(store, ids, readers, { all, limit, signal });
    if (json) return print(toJson(comparison, 2));
    const now = Date.now();
    const listed = all ? Number.POSITIVE_INFINITY : undefined;
    const text = describeComparison(comparison, { listed, environment, when: (time) => formatAgo(time, now) });
    const parts = [
      alignedLines(text.sides.map(([first, ...rest]) => [styled(oneLine(first!), "bold"), ...rest.map(oneLine)])),
      text.note === "" ? [] : [text.note],
      ...text.sections.map(sectionLines),
      text.sections.length === 0 ? ["No difference found."] : [],
      text.same.length > 0 ? [styled(`Same: ${text.same.join(", ")}`, "dim")] : [],
      text.uncertain.length > 0
        ? [styled("Uncertain", "yellow"), ...text.uncertain.map((doubt) => `  ${oneLine(doubt)}`)]
        : [],
    ];
    print(
      parts
        .filter((lines) => lines.length > 0)
        .map((lines) => lines.join("\n"))
        .join("\n\n"),
    );
  } finally {
    await readers.close();
  }
}

function sectionLines({ title, headline, header, rows, notes }: Section): string[] {
  const cells = rows.map(([first = "", ...rest]) => [`  ${oneLine(first)}`, ...rest.map(oneLine)]);
  const names = header.map((name, column) => (column === 0 ? `  ${oneLine(name)}` : oneLine(name)));
  const lines = alignedLines(names.length > 0 ? [names, ...cells] : cells);
  return [
    `${styled(title, "bold")}${headline === "" ? "" : `  ${oneLine(headline)}`}`,
    ...lines.map((line, at) => (at === 0 && header.length > 0 ? styled(line, "dim") : coloured(line))),
    ...notes.map((note) => styled(`  ${oneLine(note)}`, "dim")),
  ];
}

const COLOURS: Record<string, Style> = {
  added: "green",
  removed: "red",
  deleted: "red",
  changed: "yellow",
  modified: "yellow",
  renamed: "blue",
  moved: "blue",
};

/** The word that says how a file differs. */
function coloured(line: string): string {
  return line.replace(/^ {2}([a-z]+)(?= {2})/, (found, word: string) =>
    Object.hasOwn(COLOURS, word) ? `  ${styled(word, COLOURS[word]!)}` : found,
  );
}

async function printPatch(store: Store, ids: string[], options: DiffOptions, signal: AbortSignal): Promise<void> {
  if (options.json) throw new UserError("--code prints a diff, which has no --json. Leave one of them out.");
  if (ids.length !== 2) throw new UserError("--code shows the code of two sides. Name two runs, or one and workspace.");
  const [before, after] = [await codeStateOf(store, ids[0]!, signal), await codeStateOf(store, ids[1]!, signal)];
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  for await (const piece of codePatch(await placesBetween(store, before, after), { colour, signal })) {
    process.stdout.write(piece);
  }
}

async function codeStateOf(store: Store, id: string, signal: AbortSignal): Promise<CodeState> {
  return id === WORKSPACE ? await codeNow(store, signal) : codeOfRun(store.getRunHead(id)!);
}
