import { type GitPath, parentFolders } from "../gitPath";

/** Names `paths` by the outermost folders in which every one of `entries` is among them; the others one by one. */
export function collapse(paths: readonly GitPath[], entries: Iterable<{ path: GitPath }>): GitPath[] {
  if (paths.length === 0) return [];
  const chosen = new Set(paths);
  const mixed = new Set<GitPath>();
  for (const { path } of entries) {
    if (!chosen.has(path)) for (const folder of parentFolders(path)) mixed.add(folder);
  }
  const outermost = (path: GitPath) => [...parentFolders(path)].find((folder) => !mixed.has(folder)) ?? path;
  return [...new Set(paths.map(outermost))];
}
