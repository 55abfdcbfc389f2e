/** Which versions of datasets several runs used. */
import type { ComparedDataset } from "../domain/comparison";
import type { RunDataset } from "../domain/run";
import { byName, compareText } from "./texts";

/** `sides`: the datasets of each; null: nothing is known of a side's datasets, as of the workspace's. */
export function compareDatasetVersions(
  sides: readonly (readonly RunDataset[] | null)[],
  all = false,
): ComparedDataset[] {
  const compared: ComparedDataset[] = [];
  for (const role of ["read", "write"] as const) {
    const versions = sides.map(
      (side) => side && new Map(side.filter((dataset) => dataset.role === role).map((one) => [one.name, one.version])),
    );
    const names = new Set(versions.flatMap((side) => [...(side?.keys() ?? [])]));
    for (const name of names) {
      const values = versions.map((side) => side?.get(name) ?? null);
      const text = compareText(name, values, sides);
      if (all || text.differs) compared.push({ ...text, role });
    }
  }
  return compared.sort(byName);
}
