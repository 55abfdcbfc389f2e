/** The target that each script was last run on; kept with the workspace. */
import type * as vscode from "vscode";

const KEY = "lastTargets";
/** Those used longest ago are forgotten. */
const MOST = 200;

export interface LastTargets {
  /** `what`: a path, or the address of an entry point. */
  get(what: string): string | undefined;
  set(what: string, target: string): void;
}

export function lastTargets(memory: vscode.Memento): LastTargets {
  const all = () => memory.get<Record<string, string>>(KEY, {});
  return {
    get: (what) => all()[what],
    set(what, target) {
      const { [what]: _, ...others } = all();
      void memory.update(KEY, Object.fromEntries(Object.entries({ ...others, [what]: target }).slice(-MOST)));
    },
  };
}
