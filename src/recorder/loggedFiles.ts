/** Files that the run itself logged as artifacts. */
import type { KeptFiles, LoggedFile } from "../ingest/api";
import { displayPath } from "../ingest/spoolPath";
import type { DataHasher } from "../snapshot/data";

/** Takes their content into the store. What cannot be read, or is not what it was when it was logged, is a gap. */
export async function keepLoggedFiles(hasher: DataHasher, logged: readonly LoggedFile[]): Promise<KeptFiles> {
  // A path may be logged again, under another name or with another content: what it holds now is one thing.
  const stamps = new Map(logged.map(({ path, size, mtimeNs }) => [path, { size, mtimeNs }]));
  const requests = [...stamps].map(([path, { size, mtimeNs }]) => ({
    path,
    seen: { size: BigInt(size), mtimeNs: BigInt(mtimeNs) },
  }));
  const { files, gaps } = await hasher.hash(requests);
  const hashed = new Map(files.map((file) => [file.path, file]));
  const artifacts = logged.flatMap(({ path, name }) => {
    const { sha256, size, name: ownName } = hashed.get(path) ?? { sha256: null, size: 0, name: "" };
    return sha256 === null ? [] : [{ path: displayPath(name ?? ownName), sha256, size }];
  });
  return { artifacts, gaps };
}
