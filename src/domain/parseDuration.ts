/** Seconds per unit. */
const UNITS: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** The seconds that a text like "90s", "1h30m" or "2 d" means; undefined when it means none. */
export function parseDuration(text: string): number | undefined {
  if (!/^\s*(?:\d+(?:\.\d+)?\s*(?:s|sec|m|min|h|d)\s*)+$/i.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)];
  return parts.reduce((seconds, [, amount, unit]) => seconds + Number(amount) * UNITS[unit!.toLowerCase()]!, 0);
}
