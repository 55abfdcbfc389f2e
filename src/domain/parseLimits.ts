import { UserError } from "./errors";
import type { JobLimits } from "./job";
import { jobLimits, type LimitSettings, LimitSettings as Settings } from "./limitSettings";

/** Limits from texts like "time=2h", "memory=16GB" and "cost=5". Throws UserError for others. */
export function parseLimits(texts: readonly string[]): JobLimits {
  const given = texts.map((text): [name: string, value: string | number] => {
    const [, name = "", value = ""] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
    return [name, name === "cost" || /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value];
  });
  const parsed = Settings.safeParse(Object.fromEntries(given));
  if (parsed.success) return jobLimits(parsed.data as LimitSettings);
  throw new UserError(`"${texts.join(" ")}" are no limits. Give time=2h30m, memory=16GB or cost=5.`);
}
