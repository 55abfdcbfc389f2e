/** What was filled in last for each script; kept with the workspace. */
import type * as vscode from "vscode";
import type { RunFormValues } from "../../protocol/runForm";

const KEY = "runForm";
/** The scripts used longest ago are forgotten. */
const MOST_SCRIPTS = 200;

export interface LastValues {
  get(script: string): unknown;
  set(script: string, values: RunFormValues): void;
}

export function lastValues(memory: vscode.Memento): LastValues {
  const all = () => memory.get<Record<string, RunFormValues>>(KEY, {});
  return {
    get: (script) => all()[script],
    set(script, values) {
      const { [script]: _, ...others } = all();
      const kept = Object.entries({ ...others, [script]: values }).slice(-MOST_SCRIPTS);
      void memory.update(KEY, Object.fromEntries(kept));
    },
  };
}
