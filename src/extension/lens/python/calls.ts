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
}

/** `start` is the place of the function's name, `end` the one behind the closing bracket. */
export function metricsIn(source: string, callee: string, start: number, end: number): NamedMetric[] {
  const call = readCall(source, start, end);
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
  return named.map((metric) => ({ ...metric, end: metric.end + start }));
}

export function argumentIn(source: string, start: number, end: number): NamedArgument | undefined {
  const call = readCall(source, start, end);
  if (!call) return undefined;
  const text = source.slice(start, end);
  const described = describeArgument({ call, lookup: () => undefined, group: null, line: 0 }, [], text);
  if ("unreadable" in described || described.action === "help" || described.action === "version") return undefined;
  const given = call.keywords.get("default")?.at(-1)?.end;
  return { dest: described.argument.dest, end: given === undefined ? end : start + given };
}

const hasItems = (list: unknown[]) => list.length > 0;

/** Places in it count from `start`. */
function readCall(source: string, start: number, end: number): CallArguments | undefined {
  const tokens = readLines(source.slice(start, end))[0]?.tokens;
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
