/** What is filled in, and which faults may be shown by now. */
import type { FilledValue } from "../../src/protocol/commandLine";
import { emptyForm, type RunFormValues } from "../../src/protocol/runForm";
import type { ScriptArgument, ScriptArguments, ScriptCommand } from "../../src/protocol/scriptArguments";

export interface FormState {
  values: RunFormValues;
  /** Fields that were left after something was done in them: a fault is not held against one who has just begun. */
  visited: ReadonlySet<string>;
  /** How often Run was pressed in vain. From then on every fault is shown. */
  attempts: number;
  /** What a reset or the last values have replaced. */
  replaced: RunFormValues | null;
}

export type TextName = "extra" | "experiment" | "name" | "note" | "tags";

export type FormAction =
  | { type: "fillArgument"; id: string; value: FilledValue | undefined }
  | { type: "fillText"; name: TextName; text: string }
  /** Null: none of the subcommands. `depth` 0 is the choice below the script itself. */
  | { type: "chooseCommand"; depth: number; name: string | null }
  | { type: "leaveField"; id: string }
  | { type: "failAttempt" }
  | { type: "resetArguments" }
  | { type: "useValues"; values: RunFormValues }
  | { type: "undo" }
  | { type: "succeed" }
  /** The script takes other arguments now. */
  | { type: "fit"; script: ScriptArguments };

export function initialState(script: ScriptArguments, values: RunFormValues): FormState {
  return { values: fitting(script, values), visited: new Set(), attempts: 0, replaced: null };
}

export function formReducer(state: FormState, action: FormAction): FormState {
  switch (action.type) {
    case "fillArgument":
      return changed(state, { values: withValue(state.values.values, action.id, action.value) });
    case "fillText":
      return changed(state, { [action.name]: action.text });
    case "chooseCommand": {
      const above = state.values.commands.slice(0, action.depth);
      return changed(state, { commands: action.name === null ? above : [...above, action.name] });
    }
    case "leaveField":
      return state.visited.has(action.id) ? state : { ...state, visited: new Set(state.visited).add(action.id) };
    case "failAttempt":
      return { ...state, attempts: state.attempts + 1 };
    case "resetArguments":
      return replaced(state, { ...state.values, values: {}, extra: "" });
    case "useValues":
      return replaced(state, action.values);
    case "undo":
      return state.replaced ? { ...state, values: state.replaced, replaced: null } : state;
    case "succeed":
      return { ...state, values: forNextRun(state.values), visited: new Set(), attempts: 0, replaced: null };
    case "fit": {
      const values = fitting(action.script, state.values);
      return values === state.values ? state : { ...state, values };
    }
  }
}

function changed(state: FormState, values: Partial<RunFormValues>): FormState {
  return { ...state, values: { ...state.values, ...values }, replaced: null };
}

/** Faults are shown anew as the user goes through what is there now. */
function replaced(state: FormState, values: RunFormValues): FormState {
  return { values, visited: new Set(), attempts: 0, replaced: state.values };
}

function withValue(values: RunFormValues["values"], id: string, value: FilledValue | undefined) {
  const { [id]: _, ...others } = values;
  return value === undefined || value === "" ? others : { ...others, [id]: value };
}

/** A name and a note are about one run. */
export const forNextRun = (values: RunFormValues): RunFormValues => ({ ...values, name: "", note: "" });

/** What the last run was given, with the name and note of the one being prepared. */
export const valuesOfLastRun = (lastRun: RunFormValues, { name, note }: RunFormValues): RunFormValues => ({
  ...lastRun,
  name,
  note,
});

export function sameValues(one: RunFormValues, other: RunFormValues): boolean {
  const plain = (filled: RunFormValues) =>
    JSON.stringify({ ...emptyForm, ...filled, values: Object.entries(filled.values).filter(isFilled).sort() });
  return plain(one) === plain(other);
}

const isFilled = ([, value]: [string, FilledValue]) => value !== "";

/** Nothing is filled in that a reset would empty. */
export const isPristine = ({ values, extra }: RunFormValues) => extra === "" && !Object.entries(values).some(isFilled);

/** Without values of a kind that their arguments do not take any more, since the script was changed. */
export function fitting(script: ScriptArguments, values: RunFormValues): RunFormValues {
  const misfits = new Set(allArguments(script.command).flatMap((argument) => misfit(argument, values)));
  if (misfits.size === 0) return values;
  return { ...values, values: Object.fromEntries(Object.entries(values.values).filter(([id]) => !misfits.has(id))) };
}

function misfit({ id, input }: ScriptArgument, { values }: RunFormValues): string[] {
  const isSwitch = input === "flag" || input === "boolean";
  return values[id] !== undefined && (typeof values[id] === "boolean") !== isSwitch ? [id] : [];
}

const allArguments = ({ arguments: own, subcommands }: ScriptCommand): ScriptArgument[] => [
  ...own,
  ...(subcommands?.commands.flatMap(allArguments) ?? []),
];
