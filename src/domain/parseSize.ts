/** Bytes per unit; of the decimal units, as `formatSize` writes them, the case of the letters means nothing. */
const UNITS: Record<string, number> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The bytes that a text like "50MB", "1.5 GiB" or "4096" means; undefined when it means none. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = UNITS[unit?.toLowerCase() ?? "none"];
  return bytes === undefined ? undefined : Math.round(Number(amount) * bytes);
}
