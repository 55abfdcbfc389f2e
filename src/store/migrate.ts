/** Brings a database to the version this program knows. */
import { UserError } from "../domain/errors";
import type { Database } from "./database";
import { MIGRATIONS } from "./schema";

/** Throws UserError when the database was written by a newer Modeltrail; nothing has been touched then. */
export function checkVersion(db: Database): number {
  const version = db.read(() => db.get<{ user_version: number }>("PRAGMA user_version")!.user_version);
  if (version > MIGRATIONS.length) {
    throw new UserError(
      `${db.file} was written by a newer Modeltrail (format ${version}; this one knows ${MIGRATIONS.length}). Update Modeltrail to open it.`,
    );
  }
  return version;
}

/** Carries out the steps that are missing, all or none. Several processes may do so at once. */
export function migrate(db: Database, migrations: readonly string[] = MIGRATIONS): void {
  if (checkVersion(db) >= migrations.length) return;
  db.write(() => {
    // Read again: another process may have been quicker.
    for (const step of migrations.slice(checkVersion(db))) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
