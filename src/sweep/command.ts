/** A trial's command: the sweep's, with the trial's values. */
import type { SweepSpec, SweepValue, TrialParams } from "../domain/sweep";

const PLACE = /\{([A-Za-z_][\w.-]*)\}/g;

/**
 * `{name}` becomes the value of a param of that name; other braces stay. Params that no place asks for are put behind the
 * command as `--name value`, as argparse, click and the others take them.
 */
export function trialCommand({ command }: Pick<SweepSpec, "command">, params: TrialParams): string[] {
  const placed = new Set<string>();
  const words = command.map((word) =>
    word.replace(PLACE, (place, name: string) => {
      if (!Object.hasOwn(params, name)) return place;
      placed.add(name);
      return inCommand(params[name]!);
    }),
  );
  const rest = Object.entries(params).filter(([name]) => !placed.has(name));
  return [...words, ...rest.flatMap(([name, value]) => [`--${name}`, inCommand(value)])];
}

function inCommand(value: SweepValue): string {
  return String(value);
}

/** Values in short, for a list: "alpha=0.1 l1=0.5". */
export function describeParams(params: TrialParams): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(" ");
}
