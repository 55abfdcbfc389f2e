/** `modeltrail data verify` */
import { formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { type DatasetVersionName, type VerifyReport, verifyDatasets } from "../../snapshot/verifyDatasets";
import type { Store } from "../../store/contract";
import { checkDataset } from "../datasetVersion";
import { withStore } from "../open";
import { oneLine, print, styled } from "../print";

const PAGE = 1_000;

/** Ends with 1 when something is damaged. */
export async function verifyCommand(name: string | undefined, options: { json?: boolean }): Promise<void> {
  await withStore(async (store) => {
    if (name !== undefined) checkDataset(store, name);
    const names = name === undefined ? store.listDatasets().map((dataset) => dataset.name) : [name];
    const report = await verifyDatasets(store.folder, versionsOf(store, names));
    print(options.json ? toJson(report, 2) : verifyText(report));
    if (report.faults.length > 0) process.exitCode = 1;
  });
}

function* versionsOf(store: Store, names: readonly string[]): Generator<DatasetVersionName> {
  for (const name of names) {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = store.listDatasetVersions(name, { limit: PAGE, cursor });
      for (const { version } of page.versions) yield { name, version };
      cursor = page.next;
    }
  }
}

function verifyText({ versions, good, hashOnly, faults }: VerifyReport): string {
  const lines = faults.map(({ name, message }) => `${styled("damaged", "red")}  ${oneLine(name)}: ${oneLine(message)}`);
  if (faults.length > 0) lines.push("`modeltrail doctor --repair` restores what can be.");
  lines.push(`${good.files} contents (${formatSize(good.size)}) of ${versions} versions are as they were.`);
  if (hashOnly.files > 0) {
    lines.push(`Of ${hashOnly.files} (${formatSize(hashOnly.size)}) only the hash is kept.`);
  }
  return lines.join("\n");
}
