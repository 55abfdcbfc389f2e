/** Files of versions, kept as objects. */
import { modelSubject } from "../../domain/audit";
import type { Database } from "../database";
import type { Reliance } from "../reliance";
import type { VersionFile } from "./contract";
import { needVersion } from "./read";
import type { RegistryWriter } from "./writer";

export function keepFiles(
  { db, audit }: RegistryWriter,
  reliance: Pick<Reliance, "secure">,
  name: string,
  version: number,
  files: readonly VersionFile[],
): void {
  audit.act(
    () => {
      reliance.secure(files.map(({ sha256 }) => sha256));
      const id = needVersion(db, name, version);
      db.run("DELETE FROM version_files WHERE version = ?", id);
      const sql = "INSERT INTO version_files VALUES (?, ?, ?, ?)";
      for (const { path, sha256, size } of files) db.run(sql, id, path, Buffer.from(sha256, "hex"), size);
    },
    () => ({
      action: "version.files",
      subject: modelSubject(name, version),
      // Hundreds of files are told by the whole only.
      evidence: {
        count: files.length,
        files: Object.fromEntries(files.slice(0, SHOWN).map((file) => [file.path, file.sha256])),
      },
    }),
  );
}

const SHOWN = 20;

export function versionFiles(db: Database, name: string, version: number): VersionFile[] {
  return db.read(() => {
    const sql = "SELECT path, sha256, size FROM version_files WHERE version = ? ORDER BY path";
    const rows = db.all<{ path: string; sha256: Uint8Array; size: number }>(sql, needVersion(db, name, version));
    return rows.map(({ sha256, ...file }) => ({ ...file, sha256: Buffer.from(sha256).toString("hex") }));
  });
}
