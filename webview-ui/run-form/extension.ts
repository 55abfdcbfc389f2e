/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { RunFormState, type RunFormValues, runFormHost, runFormPage } from "../../src/protocol/runForm";
import type { ScriptArguments } from "../../src/protocol/scriptArguments";
import { connect, keepState, keptState } from "../host";

const listeners = new Set<(script: ScriptArguments) => void>();

/** Gives a function that ends the listening. */
export function onArgumentsChanged(listener: (script: ScriptArguments) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const extension = connect(
  runFormPage,
  runFormHost,
  {
    argumentsChanged: (script) => {
      for (const listener of listeners) listener(script);
    },
  },
  // Shows in the editor's developer tools; nobody waits for an answer.
  (error) => globalThis.reportError(error),
);

export const keepValues = (script: string, values: RunFormValues): void =>
  keepState({ script, values } satisfies RunFormState);

/** What was filled in for this script before the page was hidden or reloaded. */
export function keptValues(script: string): RunFormValues | undefined {
  const { data } = RunFormState.safeParse(keptState());
  return data?.script === script ? data.values : undefined;
}
