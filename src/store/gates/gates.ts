/** Keeps what gates have found. Results belong to their version: they are renamed and deleted with it. */
import type { GateResult } from "../../domain/gate";
import { toJson } from "../../domain/json";
import { maskText, maskTexts } from "../../domain/secrets";
import type { Database } from "../database";
import { needVersion } from "../registry/read";
import { nextRevision } from "../revision";
import { newRunId } from "../runs";
import type { GateStore } from "./contract";

interface Row extends Omit<GateResult, "detail"> {
  detail: string;
}

/** As many are given at once, and kept of a version. */
const MOST = 1_000;

const COLUMNS = "id, step, gate, kind, verdict, summary, detail, time, duration";

export function makeGates(db: Database): GateStore {
  return {
    add(found) {
      // Gates repeat what tests, programs and models say, which may tell of a login.
      const result = { ...found, summary: maskText(found.summary), detail: maskTexts(found.detail) };
      const { model, version, step, gate, kind, verdict, summary, detail, time, duration } = result;
      const id = newRunId();
      db.write(() => {
        const of = needVersion(db, model, version);
        nextRevision(db);
        const sql = `INSERT INTO gate_results (of, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
        db.run(sql, of, id, step, gate, kind, verdict, summary, toJson(detail), time, duration);
        db.run(
          `DELETE FROM gate_results WHERE of = ?1
            AND seq <= (SELECT seq FROM gate_results WHERE of = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
          of,
          MOST,
        );
      });
      return { id, ...result };
    },
    ofVersion(model, version, { latest = false } = {}) {
      const newest = "seq IN (SELECT max(seq) FROM gate_results WHERE of = v.id GROUP BY gate)";
      const sql = `SELECT m.name AS model, v.version, ${COLUMNS.replaceAll(/\w+/g, "g.$&")}
        FROM models m JOIN model_versions v ON v.model = m.id JOIN gate_results g ON g.of = v.id
        WHERE m.name = ? AND v.version = ?${latest ? ` AND ${newest}` : ""} ORDER BY seq DESC LIMIT ${MOST}`;
      return db.all<Row>(sql, model, version).map(toResult);
    },
    last: () => db.get<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM gate_results")!.seq,
  };
}

function toResult({ detail, ...row }: Row): GateResult {
  return { ...row, detail: JSON.parse(detail) as GateResult["detail"] };
}
