/** Reads executions of cells. */
import type { CellError, CellExecution, CellOutput, CellStatus } from "../../domain/cells";
import type { PageOptions } from "../contract";
import type { Database } from "../database";
import { readPage, takePage } from "../page";
import type { CellPage, CellStore, LastCell, LastCells } from "./contract";

interface Row {
  ordinal: number;
  cell: string;
  place: number;
  execution_count: number | null;
  language: string;
  source: Uint8Array;
  source_size: number;
  title: string;
  start_time: number;
  end_time: number | null;
  status: CellStatus;
  error: string | null;
  outputs: string;
  session: string;
}

/** A notebook with more cells shows its last ones only. */
const MOST_CELLS = 2_000;

export function makeCells(db: Database): CellStore {
  return {
    list: (run, page) => listCells(db, run, page),
    get: (run, ordinal) => getCell(db, run, ordinal),
    last: (script) => lastCells(db, script),
  };
}

function listCells(db: Database, run: string, options: PageOptions = {}): CellPage {
  const order = `cells of ${run}`;
  const { limit, after } = readPage(order, options);
  return db.read(() => {
    const seq = db.get<{ seq: number }>("SELECT seq FROM runs WHERE id = ?", run)?.seq ?? -1;
    const sql = "SELECT * FROM cells WHERE run = ? AND ordinal > ? ORDER BY ordinal LIMIT ?";
    const rows = db.all<Row>(sql, seq, after?.seq ?? 0, limit + 1);
    const page = takePage(order, limit, rows, ({ ordinal }) => ({ seq: ordinal, value: ordinal }));
    const { total } = db.get<{ total: number }>("SELECT count(*) AS total FROM cells WHERE run = ?", seq)!;
    return { cells: page.rows.map(toCell), next: page.next, total };
  });
}

function getCell(db: Database, run: string, ordinal: number): CellExecution | null {
  const sql = "SELECT * FROM cells WHERE run = (SELECT seq FROM runs WHERE id = ?) AND ordinal = ?";
  const row = db.read(() => db.get<Row>(sql, run, ordinal));
  return row ? toCell(row) : null;
}

function toCell(row: Row): CellExecution {
  return {
    ordinal: row.ordinal,
    cellId: row.cell,
    index: row.place,
    executionCount: row.execution_count,
    language: row.language,
    source: Buffer.from(row.source).toString("hex"),
    sourceSize: row.source_size,
    title: row.title,
    startTime: row.start_time,
    endTime: row.end_time,
    status: row.status,
    error: row.error === null ? null : (JSON.parse(row.error) as CellError),
    outputs: JSON.parse(row.outputs) as CellOutput[],
    session: row.session,
  };
}

/** Ordinals are below this: it puts the runs' places before them in one number. */
const MOST_ORDINALS = 2 ** 24;

function lastCells(db: Database, script: string): LastCells {
  return db.read(() => {
    // A notebook may have run thousands of times: only numbers of its executions are gone through, in an index.
    const places = `places AS (SELECT seq, row_number() OVER (ORDER BY start_time, seq) AS place FROM runs
      WHERE script = ?1 AND deleted IS NULL)`;
    const rows = db.all<Omit<LastCell, "source"> & { source: Uint8Array }>(
      `WITH ${places}, lasts AS (
        SELECT c.cell, count(*) AS executions, max(p.place * ${MOST_ORDINALS} + c.ordinal) AS at
        FROM places p CROSS JOIN cells c INDEXED BY cells_cell ON c.run = p.seq
        GROUP BY c.cell ORDER BY at DESC LIMIT ${MOST_CELLS})
      SELECT c.cell AS cellId, r.id AS run, r.name AS runName, c.ordinal, c.place AS "index",
        c.execution_count AS executionCount, c.source, c.start_time AS startTime, c.end_time AS endTime, c.status,
        c.session, l.executions
      FROM lasts l JOIN places p ON p.place = l.at / ${MOST_ORDINALS} JOIN runs r ON r.seq = p.seq
      JOIN cells c ON c.run = p.seq AND c.ordinal = l.at % ${MOST_ORDINALS} ORDER BY l.at DESC`,
      script,
    );
    const { runs } = db.get<{ runs: number }>(
      `WITH ${places} SELECT count(*) AS runs FROM places p WHERE EXISTS (SELECT 1 FROM cells c WHERE c.run = p.seq)`,
      script,
    )!;
    return { cells: rows.map((row) => ({ ...row, source: Buffer.from(row.source).toString("hex") })), runs };
  });
}
