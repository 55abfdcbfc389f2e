/** Which values a sweep tries next, and who is told how they did. */
import { isOver, type Sweep, type Trial, type TrialParams } from "../domain/sweep";
import type { Store } from "../store/contract";
import { allTrials } from "./allTrials";
import { type OptunaOptions, openOptuna, type StepValue } from "./optuna";
import { directionOf } from "./plan";
import { gridPoint, randomPoint } from "./space";

export interface Suggester {
  /** The next trial, which was not tried before. */
  next(): Promise<{ number: number; params: TrialParams }>;
  /** How a trial is doing; true when it is not worth going on with. */
  report(trial: Trial, points: readonly StepValue[]): Promise<boolean>;
  /** How a trial ended; told before the store is. */
  tell(trial: Trial): Promise<void>;
  close(): Promise<void>;
}

export interface SuggesterOptions extends Pick<OptunaOptions, "python" | "env" | "storage"> {}

/** Takes up where the store and, if it is asked, Optuna were left. Throws UserError when Optuna is wanted and not there. */
export async function openSuggester(store: Store, sweep: Sweep, options: SuggesterOptions): Promise<Suggester> {
  return sweep.spec.method === "optuna" ? optunaSuggester(store, sweep, options) : plainSuggester(store, sweep);
}

function plainSuggester({ sweeps }: Store, { id, spec }: Sweep): Suggester {
  const point = spec.method === "grid" ? gridPoint : randomPoint;
  let number = sweeps.counts(id).total;
  return {
    next: async () => ({ number, params: point(spec, number++) }),
    report: async () => false,
    tell: async () => {},
    close: async () => {},
  };
}

async function optunaSuggester(store: Store, sweep: Sweep, options: SuggesterOptions): Promise<Suggester> {
  const { id, name, spec } = sweep;
  const optuna = await openOptuna({ ...options, name, spec, direction: directionOf(spec) });
  const known = new Map(allTrials(store, id).map((trial) => [trial.number, trial]));
  // What Optuna suggested when the driver before us was ended: it is tried now.
  const left: { number: number; params: TrialParams }[] = [];
  for (const { number, state, params } of await optuna.trials()) {
    const trial = known.get(number);
    if (!trial && state === "RUNNING") left.push({ number, params });
    if (trial && state === "RUNNING" && isOver(trial)) await optuna.tell(number, trial.state, trial.value);
  }
  const sent = new Map<number, number>();
  return {
    // A trial that was ended before it had all its values has none of use.
    async next() {
      for (;;) {
        const found = left.shift() ?? (await optuna.ask());
        if (Object.keys(found.params).length === Object.keys(spec.params).length) return found;
        await optuna.tell(found.number, "failed", null);
      }
    },
    async report({ number }, points) {
      const fresh = points.slice(sent.get(number) ?? 0);
      if (fresh.length === 0) return false;
      sent.set(number, points.length);
      return optuna.report(number, fresh);
    },
    async tell(trial) {
      if (isOver(trial)) await optuna.tell(trial.number, trial.state, trial.value);
    },
    close: optuna.close,
  };
}
