/** Which of the project's gates are for a version and a step. */
import { UserError } from "../../domain/errors";
import type { GatedStep } from "../../domain/gate";
import type { GateSettings, Gates } from "../../domain/gateSettings";

/** All of the project's steps, when a gate names none. */
const ALL_STEPS: readonly GatedStep[] = ["promote", "deploy"];

/**
 * In the file's order. `names`: only these, whatever models and steps they are for. `step` null: all that are for the model.
 * Throws UserError for a name that there is no gate of.
 */
export function chooseGates(
  gates: Gates,
  model: string,
  step: GatedStep | null,
  names?: readonly string[],
): [name: string, settings: GateSettings][] {
  const unknown = names?.find((name) => !Object.hasOwn(gates, name));
  if (unknown !== undefined) {
    const known = Object.keys(gates);
    const others = known.length === 0 ? "names none" : `names ${known.join(", ")}`;
    throw new UserError(`There is no gate "${unknown}": modeltrail.yaml ${others}.`);
  }
  return Object.entries(gates).filter(([name, { models, before = ALL_STEPS }]) => {
    if (names) return names.includes(name);
    const isForModel = !models || models.some((pattern) => fits(model, pattern));
    return isForModel && (step === null || before.includes(step));
  });
}

function fits(model: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(model);
}
