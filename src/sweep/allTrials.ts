import type { Trial } from "../domain/sweep";
import type { Store } from "../store/contract";

/** Every trial of a sweep, by number. */
export function allTrials({ sweeps }: Pick<Store, "sweeps">, id: string): Trial[] {
  const all: Trial[] = [];
  for (;;) {
    const page = sweeps.trials(id, { after: all.at(-1)?.number });
    if (page.length === 0) return all;
    all.push(...page);
  }
}
