/** Which runs used a file, by its path or by its content. */
import type { FileRole, FileUse, FileUsePage, PageOptions } from "./contract";
import type { Database, Value } from "./database";
import { findName } from "./names";
import { readPage, takePage } from "./page";

interface Row {
  run: string;
  role: FileRole;
  path: string;
  name: number;
  sha256: Uint8Array | null;
  size: number | null;
  startTime: number;
  seq: number;
}

/** See `Store.fileUses`. */
export function fileUses(
  db: Database,
  file: { path: string } | { sha256: string },
  options: PageOptions & { role?: FileRole } = {},
): FileUsePage {
  const order = `uses of ${JSON.stringify([file, options.role])}`;
  const { limit, after } = readPage(order, options);
  return db.read(() => {
    const byPath = "path" in file;
    const values: Value[] = [byPath ? (findName(db, file.path) ?? -1) : Buffer.from(file.sha256, "hex")];
    let where = byPath ? "f.path = ?" : "f.sha256 = ?";
    if (options.role !== undefined) {
      where += " AND f.kind = ?";
      values.push(options.role);
    }
    if (after) {
      where += " AND (r.start_time, r.seq, f.kind, f.path) < (?, ?, ?, ?)";
      const [startTime, role, name] = JSON.parse(String(after.value)) as [number, string, number];
      values.push(startTime, after.seq, role, name);
    }
    const rows = db.all<Row>(
      `SELECT r.id AS run, f.kind AS role, n.name AS path, f.path AS name, f.sha256, f.size, r.start_time AS startTime, r.seq
      FROM files f JOIN runs r ON r.seq = f.run AND r.deleted IS NULL JOIN names n ON n.id = f.path
      WHERE ${where} ORDER BY r.start_time DESC, r.seq DESC, f.kind DESC, f.path DESC LIMIT ?`,
      ...values,
      limit + 1,
    );
    const page = takePage(order, limit, rows, ({ seq, startTime, role, name }) => ({
      seq,
      value: JSON.stringify([startTime, role, name]),
    }));
    return { uses: page.rows.map(toUse), next: page.next };
  });
}

function toUse({ run, role, path, sha256, size, startTime }: Row): FileUse {
  return { run, role, path, sha256: sha256 && Buffer.from(sha256).toString("hex"), size, startTime };
}
