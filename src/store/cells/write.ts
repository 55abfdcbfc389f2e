/** Keeps executions of cells, and names the objects that they need. */
import { type CellExecution, cellObjects } from "../../domain/cells";
import type { Database } from "../database";
import { nameId } from "../names";

/** The last report of an execution wins. Inside a write only. */
export function addCells(db: Database, seq: number, cells: readonly CellExecution[]): void {
  for (const cell of cells) {
    db.run(
      `INSERT INTO cells (run, ordinal, cell, place, execution_count, language, source, source_size, title, start_time,
        end_time, status, error, outputs, session)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET place = excluded.place, execution_count = excluded.execution_count,
        source = excluded.source, source_size = excluded.source_size, title = excluded.title,
        start_time = excluded.start_time, end_time = excluded.end_time,
        status = excluded.status, error = excluded.error, outputs = excluded.outputs`,
      seq,
      cell.ordinal,
      cell.cellId,
      cell.index,
      cell.executionCount,
      cell.language,
      Buffer.from(cell.source, "hex"),
      cell.sourceSize,
      cell.title,
      cell.startTime,
      cell.endTime,
      cell.status,
      cell.error && JSON.stringify(cell.error),
      JSON.stringify(cell.outputs),
      cell.session,
    );
    nameObjects(db, seq, cell);
  }
}

/**
 * In the table of files, so that whoever asks what is used by whom need not know of cells. The names are the same in all
 * runs, and no file has such a one.
 */
function nameObjects(db: Database, seq: number, cell: CellExecution): void {
  for (const { name, sha256, size } of cellObjects(cell)) {
    db.run(
      `INSERT INTO files (run, kind, path, sha256, size) VALUES (?, 'cell', ?, ?, ?)
      ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, size = excluded.size`,
      seq,
      nameId(db, `cell:${cell.ordinal}:${name}`),
      Buffer.from(sha256, "hex"),
      size,
    );
  }
}

/** The run has ended: what still runs has been cut short. Inside a write only. */
export function cancelCells(db: Database, seq: number, endTime: number): void {
  db.run("UPDATE cells SET status = 'cancelled', end_time = ? WHERE run = ? AND status = 'running'", endTime, seq);
}
