/** `modeltrail rules test RUN|FILE` */
import { statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { formatNumber } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { MetricsSettings } from "../../domain/projectFile";
import { type ExplainedLine, explainOutput } from "../../ingest/explainOutput";
import { compileRules, type OwnRules, RuleError } from "../../ingest/ownRules";
import { loadRules } from "../../recorder/outputRules";
import { readProjectFile } from "../../snapshot/projectFile";
import { locateRoot } from "../../store/locate";
import { withStore } from "../open";
import { alignedLines, oneLine, print, styled, table } from "../print";

export interface RulesTestOptions {
  rule?: string;
  name?: string;
  limit: string;
  json?: boolean;
}

interface Tested {
  lines: ExplainedLine[];
  /** Values that each rule gave in the whole log; the built-in ones come first, as null. */
  rules: { rule: number | null; values: number }[];
  /** Whether there are more lines than are shown. */
  more: boolean;
}

export async function rulesTestCommand(log: string, options: RulesTestOptions): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UserError(`"${options.limit}" is not a number for --limit. Give it a whole number of 1 or more.`);
  }
  const { rules, count } =
    options.rule === undefined ? await projectRules() : { rules: patternRule(options), count: 1 };
  const tested = await test(await logOf(log), rules, count, limit);
  print(options.json ? toJson(tested, 2) : textOf(tested));
}

/** The rules of the project around the working directory. Throws UserError when they make no sense. */
async function projectRules(): Promise<{ rules?: OwnRules; count: number }> {
  const { root } = locateRoot(process.cwd());
  let metrics: MetricsSettings | null | undefined;
  try {
    ({ metrics } = await readProjectFile(root));
  } catch (error) {
    throw new UserError(`modeltrail.yaml makes no sense: ${(error as Error).message}.`);
  }
  return metrics ? { rules: await loadRules(root, metrics), count: metrics.rules?.length ?? 0 } : { count: 0 };
}

function patternRule({ rule: pattern = "", name }: RulesTestOptions): OwnRules {
  try {
    return compileRules({ rules: [{ pattern, ...(name !== undefined && { name }) }] });
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const advice = name === undefined && error.path.length === 2 ? " Here, --name gives it one." : "";
    throw new UserError(`The pattern of --rule cannot be used: ${error.message}.${advice}`);
  }
}

/** A file of that name, else the log of the run of that name. */
async function logOf(log: string): Promise<string> {
  const file = path.resolve(log);
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  return withStore((store) => {
    const found = store.logPath(store.resolveRun(log));
    if (!statSync(found, { throwIfNoEntry: false })) throw new UserError(`The run ${log} has no log.`);
    return found;
  });
}

async function test(file: string, rules: OwnRules | undefined, ownRules: number, limit: number): Promise<Tested> {
  const counts = new Map<number | null, number>([[null, 0]]);
  for (let rule = 1; rule <= ownRules; rule++) counts.set(rule, 0);
  const lines: ExplainedLine[] = [];
  let more = false;
  for await (const line of explainOutput(file, rules)) {
    for (const { rule } of line.values) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    if (lines.length < limit) lines.push(line);
    else more = true;
  }
  return { lines, rules: [...counts].map(([rule, values]) => ({ rule, values })), more };
}

function textOf({ lines, rules, more }: Tested): string {
  const rows = lines.flatMap(({ line, values }) =>
    values.map(({ rule, metric, value, step }) => [
      String(line),
      nameOf(rule),
      oneLine(metric),
      formatNumber(value),
      String(step),
    ]),
  );
  const summary = alignedLines(rules.map(({ rule, values }) => [nameOf(rule), countOf(values)]));
  return [
    ...(rows.length > 0 ? [table([["LINE", "RULE", "METRIC", "VALUE", "STEP"], ...rows]), ""] : []),
    ...(more ? [styled("Not all lines are shown: --limit shows more.", "dim")] : []),
    ...summary,
  ].join("\n");
}

const nameOf = (rule: number | null) => (rule === null ? "built-in" : `rule ${rule}`);
const countOf = (values: number) => (values === 0 ? "finds nothing" : `${values} ${values === 1 ? "value" : "values"}`);
