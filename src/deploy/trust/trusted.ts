/** What is trusted in this project, and taking it back. */
import { hostname } from "node:os";
import { UserError } from "../../domain/errors";
import type { Store } from "../../store/contract";

export interface TrustedSource {
  /** As the store has it. */
  source: string;
  /** What one calls it: "runs", "run ID", "model NAME" or "address PLACE". */
  name: string;
  /** Since when, ms since the epoch. */
  time: number;
  /** It is of this machine and this folder; what is not holds nothing open here. */
  isHere: boolean;
}

/** The newest first. */
export function trustedSources({ root, trust }: Pick<Store, "root" | "trust">): TrustedSource[] {
  const here = ` ${hostname()} ${root}`;
  return trust.list().map(({ source, time }) => {
    const isHere = source.endsWith(here);
    return { source, name: isHere ? source.slice(0, -here.length) : source, time, isHere };
  });
}

/** `named`: as one calls it, or as the store has it. Throws UserError when there is none. */
export function forgetTrusted(store: Pick<Store, "root" | "trust">, named: string): TrustedSource {
  const sources = trustedSources(store);
  const found = sources.find(({ name, source }) => name === named || source === named);
  if (!found) {
    const names = sources.map(({ name }) => `"${name}"`).join(", ");
    throw new UserError(
      `"${named}" is not trusted. ${names === "" ? "Nothing is." : `What is: ${names}.`} \`modeltrail trust\` lists it.`,
    );
  }
  store.trust.forget(found.source);
  return found;
}

/** For people, as a sentence goes on. */
export function trustedInWords({ name, isHere }: TrustedSource): string {
  if (!isHere) return `on another machine or in another folder: ${name}`;
  if (name === "runs") return "runs that were recorded in this project";
  return name
    .replace(/^run /, "the imported run ")
    .replace(/^model /, "the model ")
    .replace(/^address /, "");
}
