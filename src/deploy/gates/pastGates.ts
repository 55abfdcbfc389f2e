/** Whether a version may become champion by hand, where modeltrail.yaml has gates for that. */
import { UserError } from "../../domain/errors";
import type { PastGates } from "../../registry/giveAliases";
import { CHAMPION } from "../../registry/resolveVersion";
import { chooseGates } from "./chooseGates";
import { gatedProject } from "./gatedProject";

export interface ByHand {
  model: string;
  /** Those that are to be given. */
  aliases: readonly string[];
  /** Why gates are passed over. */
  override?: string | undefined;
  /** How to ask the gates. */
  instead: string;
}

/** What is passed over; null when no gate is in the way. Throws UserError when there are gates, and no reason is given. */
export async function pastGates(
  root: string,
  { model, aliases, override, instead }: ByHand,
): Promise<PastGates | null> {
  if (!aliases.includes(CHAMPION)) return null;
  const gates = chooseGates((await gatedProject(root)).gates ?? {}, model, "promote");
  if (gates.length === 0) return null;
  const reason = override?.trim();
  if (reason) return { reason, gates: gates.map(([gate, { kind }]) => ({ gate, kind })) };
  const names = gates.map(([name]) => name).join(", ");
  throw new UserError(
    `Gates of modeltrail.yaml decide what becomes ${CHAMPION} of ${model} (${names}). Ask them: ${instead}\nTo pass them over: --override REASON`,
  );
}
