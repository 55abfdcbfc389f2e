/** The order of a manifest: that of the UTF-8 bytes of the paths, as in git. Negative when `a` comes first. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const one = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (one !== other) return byteOrder(one) - byteOrder(other);
  }
  return a.length - b.length;
}

/** Halves of characters beyond the 65,536 first come before U+E000 as code units, but are behind all others as bytes. */
function byteOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
