/** Turns one `add_argument` call into what the form asks for. */
import type { ArgumentInput, ScriptArgument, SourceValue } from "../../protocol/scriptArguments";
import type { ArgumentCall } from "./parsers";
import { evaluate, type Value } from "./values";

export interface Described {
  argument: ScriptArgument;
  /** argparse's action: "store", "store_true", "help", … */
  action: string;
}

const NUMERIC = /^(int|float)$/;
const PATH_TYPE = /(^|\.)((Pure|Posix|Windows)?Path|FileType)\b/;
const PATH_NAME = /(^|_)(path|file|dir|folder|directory|filename)s?$/;

/** Gives a sentence instead when the call cannot be understood: a computed name, or `*args`. */
export function describeArgument(
  found: ArgumentCall,
  path: string[],
  source: string,
): Described | { unreadable: string } {
  const { call, lookup, group, line } = found;
  const keyword = (name: string): Value | undefined => {
    const tokens = call.keywords.get(name);
    return tokens && evaluate(tokens, source, lookup);
  };
  const names = call.positional.map((part) => evaluate(part, source, lookup));
  const flags = names.flatMap((name) => (name.kind === "string" ? [name.value] : []));
  const dest = stringOf(keyword("dest")) ?? destinationOf(flags);
  if (!dest || flags.length < names.length) {
    return { unreadable: `Line ${line}: the name of an argument is computed, so it cannot be shown here.` };
  }
  const positional = !flags.some((flag) => flag.startsWith("-"));
  const action = actionOf(keyword("action"));
  const notes: string[] = [];
  const nargs = nargsOf(keyword("nargs"), notes);
  const choices = choicesOf(keyword("choices"), notes);
  const type = typeOf(keyword("type"));
  const required = keyword("required");
  const argument: ScriptArgument = {
    id: [...path, dest].join("/"),
    dest,
    flags: positional ? [] : flags,
    negativeFlag: null,
    input: inputOf(action, nargs, choices, type),
    nargs,
    type,
    default: sourceValue(keyword("default")),
    choices,
    required: positional
      ? nargs !== "?" && nargs !== "*" && nargs !== "..."
      : required?.kind === "boolean" && required.value,
    help: "",
    metavar: stringOf(keyword("metavar")) ?? null,
    group: group?.title ?? null,
    exclusive: group?.exclusive ?? null,
    path: PATH_TYPE.test(textOf(keyword("type")) ?? "") || (type === "text" && PATH_NAME.test(dest)),
    notes,
  };
  if (action === "boolean_optional") argument.negativeFlag = negativeOf(flags);
  if (action === "store_true") argument.default ??= { text: "False", literal: true };
  if (action === "store_false") argument.default ??= { text: "True", literal: true };
  argument.help = helpOf(stringOf(keyword("help")), argument);
  return { argument, action };
}

/** argparse's rule: the first long flag, else the first short one, else the positional's own name. */
function destinationOf(flags: string[]): string | undefined {
  const named = flags.find((flag) => flag.startsWith("--")) ?? flags[0];
  return named?.replace(/^-+/, "").replaceAll("-", "_") || undefined;
}

function actionOf(value: Value | undefined): string {
  if (value?.kind === "string") return value.value;
  if (value?.kind === "name" && value.text.endsWith("BooleanOptionalAction")) return "boolean_optional";
  return "store";
}

function inputOf(
  action: string,
  nargs: ScriptArgument["nargs"],
  choices: string[] | null,
  type: ScriptArgument["type"],
): ArgumentInput {
  if (["store_true", "store_false", "store_const", "append_const"].includes(action)) return "flag";
  if (action === "boolean_optional") return "boolean";
  if (action === "count") return "count";
  if (action === "append" || action === "extend") return action === "append" && nargs === null ? "repeated" : "list";
  if (nargs !== null && nargs !== "?") return "list";
  return choices ? "choice" : type;
}

function typeOf(value: Value | undefined): ScriptArgument["type"] {
  const name = value?.kind === "name" ? value.text : "";
  if (!NUMERIC.test(name)) return "text";
  return name === "int" ? "integer" : "number";
}

function nargsOf(value: Value | undefined, notes: string[]): ScriptArgument["nargs"] {
  if (!value || value.kind === "none") return null;
  if (value.kind === "number") return Number(value.text);
  if (value.kind === "string" && /^[?*+]$/.test(value.value)) return value.value as "?" | "*" | "+";
  if (value.kind === "string" && (value.value === "..." || value.value === "A...")) return "...";
  if (value.kind === "name" && value.text.endsWith("REMAINDER")) return "...";
  notes.push(`The number of values is an expression: ${textOf(value) ?? ""}`);
  return "*";
}

function choicesOf(value: Value | undefined, notes: string[]): string[] | null {
  if (!value || value.kind === "none") return null;
  const items = value.kind === "sequence" ? value.items : value.kind === "mapping" ? value.keys : undefined;
  if (items?.every((item) => ["string", "number", "boolean"].includes(item.kind))) {
    return items.map((item) => textOf(item)!);
  }
  if (value.kind === "string") return [...value.value];
  notes.push(`The choices are an expression: ${textOf(value) ?? "…"}`);
  return null;
}

/** As Python's `str()` would print it; undefined for None and for nothing. */
function textOf(value: Value | undefined): string | undefined {
  switch (value?.kind) {
    case "string":
      return value.value;
    case "number":
    case "name":
    case "expression":
      return value.text;
    case "boolean":
      return value.value ? "True" : "False";
    case "sequence":
      return value.items.map((item) => textOf(item) ?? "None").join(" ");
    case "mapping":
      return "{…}";
    default:
      return undefined;
  }
}

function isLiteral(value: Value): boolean {
  if (value.kind === "sequence") return value.items.every(isLiteral);
  return !["name", "expression", "mapping"].includes(value.kind);
}

/** A default as the form shows it; null for `None` and `argparse.SUPPRESS`. */
export function sourceValue(value: Value | undefined): SourceValue | null {
  const text = textOf(value);
  if (!value || text === undefined || (value.kind === "name" && text.endsWith("SUPPRESS"))) return null;
  return { text, literal: isLiteral(value) };
}

const stringOf = (value: Value | undefined) => (value?.kind === "string" ? value.value : undefined);

function negativeOf(flags: string[]): string | null {
  const long = flags.find((flag) => flag.startsWith("--"));
  return long ? `--no-${long.slice(2)}` : null;
}

/** argparse fills `%(default)s` and the like in at run time. */
function helpOf(help: string | undefined, argument: ScriptArgument): string {
  if (!help) return "";
  const values: Record<string, string> = {
    default: argument.default?.text ?? "None",
    dest: argument.dest,
    choices: argument.choices?.join(", ") ?? "",
    type: { text: "str", integer: "int", number: "float" }[argument.type],
    metavar: argument.metavar ?? "",
    nargs: String(argument.nargs ?? ""),
  };
  const filled = help
    .replace(/%\((\w+)\)[sdrf]/g, (whole, name: string) => values[name] ?? whole)
    .replaceAll("%%", "%");
  return filled.trim().replace(/\s+/g, " ");
}
