/**
 * The project's own rules for lines of output. Their patterns are people's, and a line may be anything, so they are matched by
 * RE2, whose time grows with the length of the line only.
 */
import { RE2JS } from "re2js";
import type { MetricsSettings, OutputRule } from "../domain/projectFile";
import type { LineMatch } from "./outputRules";

export interface OwnMatch extends LineMatch {
  /** The line with blanks in place of what the rules have read: the rest is for the built-in ones. */
  rest: string;
}

export interface OwnRules {
  /** What the rules say of a line; undefined when none fits. */
  match(line: string): OwnMatch | undefined;
  /** Whether the line is to be passed over altogether. */
  ignoresLine(line: string): boolean;
  /** Whether built-in rules may make this metric. */
  allows(key: string): boolean;
  /** Whether the built-in rules count at all. */
  builtIn: boolean;
}

/** A rule that makes no sense. `path`: where in the settings it stands. */
export class RuleError extends Error {
  constructor(
    readonly path: (string | number)[],
    message: string,
  ) {
    super(message);
  }
}

type Groups = ReadonlyMap<string, string | null>;

interface CompiledRule {
  number: number;
  pattern: RE2JS;
  groups: string[];
  name: string;
  step: string | undefined;
}

/** Throws RuleError. */
export function compileRules(settings: MetricsSettings): OwnRules {
  const rules = (settings.rules ?? []).map(compileRule);
  const ignored = settings.ignore ?? [];
  const lines = ignored.flatMap((one, index) =>
    typeof one === "string" ? [] : [compile(one.line, ["ignore", index, "line"])],
  );
  const names = ignored.flatMap((one) => (typeof one === "string" ? [globOf(one)] : []));
  return {
    match(line) {
      const match: OwnMatch = { values: [], rest: line };
      for (const rule of rules) applyRule(rule, line, match);
      return match.values.length > 0 ? match : undefined;
    },
    ignoresLine: (line) => lines.some((pattern) => pattern.test(line)),
    allows: (key) => !names.some((name) => name.test(key)),
    builtIn: settings.builtIn ?? true,
  };
}

function compileRule(rule: OutputRule, index: number): CompiledRule {
  const at = ["rules", index];
  const pattern = compile(rule.pattern, [...at, "pattern"]);
  const groups = Object.keys(pattern.namedGroups());
  if (!groups.includes("value")) {
    throw new RuleError([...at, "pattern"], "the pattern has no group for the number: write it as (?<value>…)");
  }
  if (rule.name === undefined && !groups.includes("name")) {
    throw new RuleError(at, "the metric has no name: give a `name`, or the pattern a group (?<name>…)");
  }
  for (const field of ["name", "step"] as const) {
    const unknown = [...(rule[field] ?? "").matchAll(PLACE)].find(([, group]) => !groups.includes(group!));
    if (unknown) throw new RuleError([...at, field], `the pattern has no group (?<${unknown[1]}>…) for ${unknown[0]}`);
  }
  const step = rule.step ?? (groups.includes("step") ? "{step}" : undefined);
  return { number: index + 1, pattern, groups, name: rule.name ?? "{name}", step };
}

const PLACE = /\{(\w+)\}/g;

function compile(pattern: string, path: (string | number)[]): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new RuleError(path, wordsOf(error as Error));
  }
}

/** What RE2 cannot do is said in other words than what no engine understands. */
function wordsOf({ message }: Error): string {
  const reason = message.replace(/^error parsing regexp: /, "");
  const isAdvanced = /`\(\?(?:[=!]|<[=!])|invalid escape sequence: `\\[1-9]/.test(reason);
  return isAdvanced ? `${reason} (looking ahead or behind and back-references cannot be used)` : reason;
}

/** Adds what all places of the line where the rule fits say. */
function applyRule({ number, pattern, groups, name, step }: CompiledRule, line: string, match: OwnMatch): void {
  const matcher = pattern.matcher(line);
  while (matcher.find()) {
    const found: Groups = new Map(groups.map((group) => [group, matcher.group(group)]));
    const value = numberOf(found.get("value"));
    const key = fill(name, found).trim();
    if (value === undefined || key === "" || match.values.some((one) => one.key === key)) continue;
    match.values.push({ key, value, rule: number });
    const [start, end] = [matcher.start(), matcher.end()];
    match.rest = match.rest.slice(0, start) + " ".repeat(end - start) + match.rest.slice(end);
    match.step ??= step === undefined ? undefined : finite(fill(step, found));
    match.epoch ??= finite(found.get("epoch"));
  }
}

function fill(template: string, groups: Groups): string {
  return template.replace(PLACE, (_place, group: string) => groups.get(group) ?? "");
}

/** A number as programs print it, whatever separates it from the next word; a percentage as it stands. */
function numberOf(text: string | null | undefined): number | undefined {
  const [, sign, word, digits] =
    /^\s*(?:([-+]?)(nan|inf(?:inity)?)|([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?))\s*%?[\s,;:.)\]}]*$/i.exec(
      text ?? "",
    ) ?? [];
  if (digits !== undefined) return Number(digits);
  if (word === undefined) return undefined;
  if (/^nan$/i.test(word)) return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function finite(text: string | null | undefined): number | undefined {
  const number = numberOf(text);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

/** A name in which `*` stands for any text. */
function globOf(name: string): RE2JS {
  return RE2JS.compile(`^${name.split("*").map(RE2JS.quote).join(".*")}$`);
}
