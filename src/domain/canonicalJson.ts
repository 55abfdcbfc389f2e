/**
 * JSON in the one form that equal values share (RFC 8785): what is hashed or signed. Members are sorted by the UTF-16 units of
 * their names, numbers are written as ECMAScript does, and there is no white space. Members that are undefined are left out.
 * Throws TypeError for what JSON has not: NaN, the infinities, functions, big integers.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    // The standard order of sort() is that of UTF-16 units.
    const sorted = members.map(([name]) => name).sort();
    const byName = new Map(members);
    return `{${sorted.map((name) => `${JSON.stringify(name)}:${canonicalJson(byName.get(name))}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}.`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}.`);
  return text;
}
