/** What the Lineage view reads: of files and datasets, and what a run itself read or wrote. */
import { lineageOf } from "../../compare/lineage";
import { UserError } from "../../domain/errors";
import type { Lineage, LineageDirection, LineageFile, LineageRun } from "../../domain/lineage";
import { readManifest } from "../../snapshot/manifest";
import type { FileRole, ListedFiles, Store } from "../../store/contract";
import type { LineageRoot } from "./api";

/** Files that are told of a run. */
const MOST_FILES = 200;

const ROLES: Record<LineageDirection, FileRole[]> = { up: ["read", "config"], down: ["artifact", "write"] };

/** As many runs far as `depth`; what is beyond is asked when it is unfolded. */
export function lineageFrom(
  store: Store,
  of: LineageRoot,
  { direction, depth }: { direction: LineageDirection; depth: number },
): Promise<Lineage> {
  return lineageOf(store, of, { direction, depth, filesOf: (version) => readManifest(store.folder, version) });
}

/** Each file stops there: what is beyond it is asked when it is unfolded. */
export function runLineage(store: Store, id: string, direction: LineageDirection): LineageRun {
  const run = store.getRunHead(id);
  if (!run) throw new UserError("This run is no longer there.");
  const files = new Map<string, LineageFile>();
  let more = 0;
  for (const role of ROLES[direction]) {
    for (const { path, sha256, size } of filesOf(store, id, role)) {
      if (files.has(path)) continue;
      const known = role === "config" ? null : size;
      if (files.size >= MOST_FILES) more++;
      else files.set(path, { kind: "file", path, sha256, size: known, runs: [], more: 0, stop: "depth" });
    }
  }
  const { name, experiment, status, startTime } = run;
  return {
    kind: "run",
    id,
    name,
    experiment,
    status,
    startTime,
    path: "",
    link: "content",
    files: [...files.values()],
    more,
  };
}

function* filesOf(store: Store, id: string, role: FileRole) {
  for (let after: number | null = 0; after !== null; ) {
    const page: ListedFiles = store.listFiles(id, role, { after });
    yield* page.files;
    after = page.next;
  }
}
