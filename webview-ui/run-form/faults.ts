/** What must be put right before the run can start, and which of it is shown already. */
import { checkArguments, type Faults } from "../../src/protocol/commandLine";
import type { RunFormValues } from "../../src/protocol/runForm";
import type { ScriptArguments } from "../../src/protocol/scriptArguments";
import { parseTags } from "../../src/protocol/tags";
import type { FormState } from "./formState";

/** The field of the tags. No argument has such an id. */
export const TAGS = "/tags";

export function formFaults(script: ScriptArguments, values: RunFormValues): Faults {
  const faults = checkArguments(script, values);
  if (parseTags(values.tags) === null) faults[TAGS] = "Write tags as key=value, with spaces or new lines between them.";
  return faults;
}

export function shownFaults(faults: Faults, { visited, attempts }: FormState): Faults {
  if (attempts > 0) return faults;
  return Object.fromEntries(Object.entries(faults).filter(([id]) => visited.has(id)));
}
