/** Finds the unchanged files whose bytes on disk are not those of git's own version of them. */

import { git } from "../git";
import type { GitPath } from "../gitPath";
import type { Conversion } from "./conversion";
import { type BlobRequest, type Gathering, statFile } from "./gathering";
import type { IndexEntry } from "./gitStatus";

/**
 * Those of `unchanged` that must be stored as they lie on disk. Line conversions only ever shorten a file, so that a
 * look at the sizes is enough; what filters and encodings touch is always stored.
 */
export async function convertedFiles(
  gathering: Gathering,
  conversions: ReadonlyMap<GitPath, Conversion>,
  unchanged: readonly IndexEntry[],
): Promise<BlobRequest[]> {
  const { job, cache } = gathering;
  const found: BlobRequest[] = [];
  const unsure: Required<BlobRequest>[] = [];
  for (const indexed of unchanged) {
    const conversion = conversions.get(indexed.path);
    if ((conversion !== "lines" && conversion !== "content") || !indexed.mode.startsWith("100")) continue;
    const stats = statFile(job.repository.top, indexed.path);
    if (!stats) continue;
    const request = { path: indexed.path, stats, isNew: false, indexed };
    const known = cache.get(indexed.path, stats);
    if (known === indexed.oid) continue;
    if (known !== undefined || conversion === "content") found.push(request);
    else unsure.push(request);
  }
  const sizes = await blobSizes(gathering, unsure);
  const now = Date.now();
  for (const request of unsure) {
    const { indexed, stats } = request;
    if (sizes.get(indexed.oid) === stats.size) cache.set(indexed.path, stats, indexed.oid, now);
    else found.push(request);
  }
  return found;
}

async function blobSizes({ context }: Gathering, requests: readonly Required<BlobRequest>[]) {
  const sizes = new Map<string, number>();
  if (requests.length === 0) return sizes;
  const input = [...new Set(requests.map(({ indexed }) => indexed.oid))].map((oid) => `${oid}\n`).join("");
  const { stdout } = await git(["cat-file", "--batch-check=%(objectname) %(objectsize)"], { ...context, input });
  for (const line of stdout.toString("latin1").split("\n")) {
    const [oid, size] = line.split(" ");
    sizes.set(oid!, Number(size));
  }
  return sizes;
}
