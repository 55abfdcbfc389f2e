/** Place of the first column with one of these names, whatever its case and signs ("True Label", "true_label"); undefined for none. */
export function columnIn(columns: readonly string[], names: readonly string[]): number | undefined {
  const plain = columns.map((column) => column.toLowerCase().replace(/[^a-z]/g, ""));
  for (const name of names) {
    const at = plain.indexOf(name);
    if (at >= 0) return at;
  }
  return undefined;
}
