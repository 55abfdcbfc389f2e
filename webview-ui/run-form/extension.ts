/** What the page asks of the extension, what the extension tells it, and what is kept for its return. */
import { RunFormState, type RunFormValues, runFormHost, runFormPage } from "../../src/protocol/runForm";
import type { ScriptArguments } from "../../src/protocol/scriptArguments";
import { connect, keepState, keptState, listeners } from "../host";

const changes = listeners<[script: ScriptArguments]>();
export const onArgumentsChanged = changes.add;

export const extension = connect(runFormPage, runFormHost, {
  argumentsChanged: (script) => changes.tell(script),
});

export const keepValues = (script: string, values: RunFormValues): void =>
  keepState({ script, values } satisfies RunFormState);

/** What was filled in for this script before the page was hidden or reloaded. */
export function keptValues(script: string): RunFormValues | undefined {
  const { data } = RunFormState.safeParse(keptState());
  return data?.script === script ? data.values : undefined;
}
