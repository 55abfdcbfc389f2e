/** What a single call names: the metrics that it logs, or the argument that it adds. */
import { describeArgument } from "../../arguments/describe";
import { readLines, type Token } from "../../arguments/tokens";
import { type CallArguments, callArguments, isOperator, splitAtCommas } from "../../arguments/values";

/** A metric as the source names it; `end`: place behind the name. */
export interface NamedMetric {
  name: string;
  end: number;
}

/** An argument of the script; `end`: place behind its default, or behind the call when it has none. */
export interface NamedArgument {
  dest: string;
  end: number;
  /** The default as it is written; null when there is none, or none that is known. */
  written: string | null;
}

/** `start` is the place of the function's name, `end` the one behind the closing bracket. */
export function metricsIn(source: string, callee: string, start: number, end: number): NamedMetric[] {
  const found = remembered(metrics, source.slice(start, end), (text) => readMetrics(text, callee));
  return found.map((metric) => ({ ...metric, end: metric.end + start }));
}

export function argumentIn(source: string, start: number, end: number): NamedArgument | undefined {
  const found = remembered(addedArguments, source.slice(start, end), readArgument);
  return found && { ...found, end: found.end + start };
}

/** While somebody types, all calls but one are as they were: what was read in them is kept, by their text. */
const metrics = new Map<string, NamedMetric[]>();
const addedArguments = new Map<string, NamedArgument | undefined>();
const MOST_REMEMBERED = 2_000;

function remembered<T>(known: Map<string, T>, text: string, read: (text: string) => T): T {
  if (known.has(text)) return known.get(text) as T;
  if (known.size >= MOST_REMEMBERED) known.clear();
  const found = read(text);
  known.set(text, found);
  return found;
}

function readMetrics(text: string, callee: string): NamedMetric[] {
  const call = readCall(text);
  if (!call) return [];
  const named = call.positional.flatMap((part) => dictionaryKeys(part));
  if (callee === "log" || callee === "report") {
    const [first, second] = call.positional;
    // `self.log("loss", loss)`; with a single text it is a message.
    if (first && second) named.push(...plainString(first));
    for (const [name, value] of call.keywords) named.push({ name, end: value.at(-1)?.end ?? 0 });
  } else if (callee === "log_metric" || callee === "add_scalar") {
    // A client is told the run first: `client.log_metric(run_id, "loss", loss)`.
    const name = call.positional.slice(0, 2).map(plainString).find(hasItems);
    named.push(...(name ?? plainString(call.keywords.get("key") ?? call.keywords.get("tag") ?? [])));
  }
  return named;
}

function readArgument(text: string): NamedArgument | undefined {
  const call = readCall(text);
  if (!call) return undefined;
  const described = describeArgument({ call, lookup: () => undefined, group: null, line: 0 }, [], text);
  if ("unreadable" in described || described.action === "help" || described.action === "version") return undefined;
  const { dest, default: given } = described.argument;
  const end = call.keywords.get("default")?.at(-1)?.end ?? text.length;
  return { dest, end, written: given?.literal ? given.text : null };
}

const hasItems = (list: unknown[]) => list.length > 0;

function readCall(text: string): CallArguments | undefined {
  const tokens = readLines(text)[0]?.tokens;
  const open = tokens?.findIndex((token) => isOperator(token, "(")) ?? -1;
  return tokens && open >= 0 ? callArguments(tokens, open) : undefined;
}

/** The text of a part that is one string and nothing else. */
function plainString(part: Token[]): NamedMetric[] {
  const [only] = part;
  return part.length === 1 && only?.value !== undefined ? [{ name: only.value, end: only.end }] : [];
}

/** The keys that are plain texts: `{"loss": loss, "acc": acc}`. */
function dictionaryKeys(part: Token[]): NamedMetric[] {
  if (!isOperator(part[0], "{")) return [];
  return splitAtCommas(part.slice(1, -1)).flatMap((entry) =>
    isOperator(entry[1], ":") ? plainString(entry.slice(0, 1)) : [],
  );
}
