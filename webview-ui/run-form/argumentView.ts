/** How one argument is shown: its hints, its choices, and whether it differs from what the script takes by itself. */
import { type FilledValue, labelOf } from "../../src/protocol/commandLine";
import type { ScriptArgument } from "../../src/protocol/scriptArguments";
import { joinWords } from "../../src/protocol/words";

/** Given, and not merely the script's own default. Without a default there is nothing to differ from. */
export function isChanged(argument: ScriptArgument, value: FilledValue | undefined): boolean {
  if (value === undefined || value === "" || argument.required) return false;
  if (argument.input === "flag") return value === true;
  return !isDefault(argument, value);
}

function isDefault({ default: standard, input }: ScriptArgument, value: FilledValue): boolean {
  if (input === "count") return value === (standard?.text ?? "0");
  if (!standard?.literal) return false;
  return standard.text === (typeof value === "boolean" ? (value ? "True" : "False") : value);
}

/** The default of an empty field. A required argument has none, whatever the script says. */
export function placeholderOf({ default: standard, input, required }: ScriptArgument): string {
  if (required) return "";
  if (standard?.literal) return standard.text;
  return input === "count" && !standard ? "0" : "";
}

/** The default as written in the source, when only running the script would tell its value. */
export function computedDefault({ default: standard, required, input }: ScriptArgument): string | null {
  return standard && !standard.literal && !required && input !== "flag" ? standard.text : null;
}

/** What one value must be, when not any text will do. */
export function kindOf({ input }: ScriptArgument): string | null {
  return input === "integer" || input === "number" ? input : null;
}

/** How several values are filled in. */
export function hintOf(argument: ScriptArgument): string | null {
  const kind = { text: "", integer: "whole", number: "" }[argument.type];
  const values = (amount: string) => [amount, kind, argument.type === "text" ? "values" : "numbers"].join(" ");
  switch (argument.input) {
    case "count":
      return "How many times the flag is given";
    case "repeated":
      return "Separate values with spaces; the flag is repeated for each";
    case "list":
      return `${capital(values(amountOf(argument.nargs)).replace(/ +/g, " "))}, separated by spaces${ofChoices(argument)}`;
    default:
      return null;
  }
}

function amountOf(nargs: ScriptArgument["nargs"]): string {
  if (typeof nargs === "number") return String(nargs);
  return nargs === "+" ? "One or more" : "Any number of";
}

const ofChoices = ({ choices }: ScriptArgument) => (choices ? `: ${choices.join(", ")}` : "");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Fits the keyboard of a touch screen. */
export function inputModeOf({ input, type }: ScriptArgument): "numeric" | "decimal" | "text" {
  if (input === "count") return "numeric";
  if (input === "integer" || input === "number") return type === "integer" ? "numeric" : "decimal";
  return "text";
}

export interface Choice {
  /** Empty: the script decides. */
  value: string;
  label: string;
}

/** What a dropdown offers for an argument that is a `choice` or a `boolean`. The default is one of the choices. */
export function choicesOf(argument: ScriptArgument, value: FilledValue | undefined): Choice[] {
  if (argument.input === "boolean") return yesOrNo(argument);
  const choices = argument.choices ?? [];
  const standard = defaultChoice(argument);
  const listed = choices.map((choice) => ({
    value: choice,
    label: choice === standard ? `${choice} (default)` : choice,
  }));
  const none = { value: "", label: argument.required ? "Choose…" : (computedLabel(argument) ?? "Not given") };
  // A choice that the script had when it was made.
  const gone = typeof value === "string" && value !== "" && !choices.includes(value);
  return [
    ...(standard === null ? [none] : []),
    ...listed,
    ...(gone ? [{ value, label: `${value} (no longer a choice)` }] : []),
  ];
}

function yesOrNo(argument: ScriptArgument): Choice[] {
  const { default: standard, negativeFlag, required } = argument;
  const own = standard?.literal ? ({ True: "yes", False: "no" }[standard.text] ?? standard.text) : null;
  const none = own ? `Default (${own})` : (computedLabel(argument) ?? "Not given");
  return [
    { value: "", label: required ? "Choose…" : none },
    { value: "true", label: `Yes (${labelOf(argument)})` },
    ...(negativeFlag ? [{ value: "false", label: `No (${negativeFlag})` }] : []),
  ];
}

const computedLabel = (argument: ScriptArgument) => (computedDefault(argument) === null ? null : "Default (computed)");

/** The default, when it is one of the choices. */
function defaultChoice({ default: standard, choices, required }: ScriptArgument): string | null {
  return !required && standard?.literal && choices?.includes(standard.text) ? standard.text : null;
}

/** The choice that a dropdown shows for a value, and the other way round. */
export function choiceOf(argument: ScriptArgument, value: FilledValue | undefined): string {
  return value === undefined || value === "" ? (defaultChoice(argument) ?? "") : String(value);
}

export function valueOfChoice(argument: ScriptArgument, choice: string): FilledValue | undefined {
  if (choice === "" || choice === defaultChoice(argument)) return undefined;
  return argument.input === "boolean" ? choice === "true" : choice;
}

/** Whether a path's name speaks of a folder. */
export const pathKind = ({ dest }: ScriptArgument): "file" | "folder" =>
  /(dir|directory|folder)s?$/i.test(dest) ? "folder" : "file";

/** The value with a path that was picked: another word where several are taken. */
export function withPath({ input }: ScriptArgument, value: FilledValue | undefined, path: string): string {
  if (input !== "list" && input !== "repeated") return path;
  const isPlain = /^[\w@%+=:,./-]+$/.test(path);
  const word = isPlain || path.includes("'") ? joinWords([path]) : `'${path}'`;
  return [...(typeof value === "string" && value.trim() ? [value.trim()] : []), word].join(" ");
}
