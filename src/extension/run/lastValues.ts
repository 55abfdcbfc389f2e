/** What was filled in for each script; kept with the workspace. */
import type * as vscode from "vscode";
import type { RunFormValues } from "../../protocol/runForm";

const KEY = "runForm";
/** The scripts used longest ago are forgotten. */
const MOST_SCRIPTS = 200;

export interface Remembered<Values> {
  /** What the script was last run with. */
  ran?: Values;
  /** What stood in the form last, run or not. */
  typed?: Values;
}

export interface LastValues {
  /** Not looked at: an earlier version may have kept something else. */
  get(script: string): Remembered<unknown>;
  /** Keeps what is not given as it was. */
  set(script: string, values: Remembered<RunFormValues>): void;
}

export function lastValues(memory: vscode.Memento): LastValues {
  const all = () => memory.get<Record<string, Remembered<unknown>>>(KEY, {});
  return {
    get: (script) => all()[script] ?? {},
    set(script, values) {
      const { [script]: before, ...others } = all();
      const kept = Object.entries({ ...others, [script]: { ...before, ...values } }).slice(-MOST_SCRIPTS);
      void memory.update(KEY, Object.fromEntries(kept));
    },
  };
}
