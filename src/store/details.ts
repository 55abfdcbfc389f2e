/** One run, whole. */
import type { Artifact, CodeVersion, ConfigFile, DataFile, Environment, Run } from "../domain/run";
import type { RunHead } from "./contract";
import type { Database } from "./database";
import { readRunDatasets } from "./datasets";
import { readSummaries } from "./summaries";

const NO_CODE: CodeVersion = {
  commit: null,
  tree: null,
  head: null,
  branch: null,
  dirty: null,
  gitDir: null,
  root: null,
};

interface FileRow {
  kind: "read" | "write" | "config" | "artifact";
  path: string;
  sha256: Uint8Array | null;
  size: number | null;
}

/** The run with everything it carries, deleted ones too; null when there is none with this id. */
export function getRun(db: Database, id: string): Run | null {
  return db.read(() => {
    const found = findHead(db, id);
    if (!found) return null;
    const { data, config, artifacts } = readFiles(db, found.seq);
    return { ...found.head, snapshot: { ...found.head.snapshot, data, config }, artifacts };
  });
}

/** The same without its files. */
export function getRunHead(db: Database, id: string): RunHead | null {
  return db.read(() => findHead(db, id)?.head ?? null);
}

function findHead(db: Database, id: string): { seq: number; head: RunHead } | null {
  const row = db.get<{ seq: number; code: string | null; environment: string | null }>(
    `SELECT seq, code, (SELECT content FROM environments e WHERE e.id = runs.environment) AS environment
    FROM runs WHERE id = ?`,
    id,
  );
  if (!row) return null;
  const { seq } = row;
  const [summary] = readSummaries(db, [seq]);
  const code = row.code === null ? NO_CODE : (JSON.parse(row.code) as CodeVersion);
  const environment = row.environment === null ? null : (JSON.parse(row.environment) as Environment);
  return { seq, head: { ...summary!, snapshot: { code, environment, datasets: readRunDatasets(db, seq) } } };
}

/** The run's files by path. */
function readFiles(db: Database, seq: number): { data: DataFile[]; config: ConfigFile[]; artifacts: Artifact[] } {
  const rows = db.all<FileRow>(
    `SELECT f.kind, n.name AS path, f.sha256, f.size FROM files f JOIN names n ON n.id = f.path
    WHERE f.run = ? AND f.kind != 'cell' ORDER BY n.name, f.kind`,
    seq,
  );
  const data: DataFile[] = [];
  const config: ConfigFile[] = [];
  const artifacts: Artifact[] = [];
  for (const { kind, path, ...row } of rows) {
    const sha256 = row.sha256 === null ? null : Buffer.from(row.sha256).toString("hex");
    const size = row.size ?? 0;
    if (kind === "config") config.push({ path, sha256: sha256! });
    else if (kind === "artifact") artifacts.push({ path, sha256: sha256!, size });
    else data.push({ path, sha256, size, role: kind });
  }
  return { data, config, artifacts };
}
