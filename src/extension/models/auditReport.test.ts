import { expect, test } from "vitest";
import type { AuditEntry } from "../../domain/audit";
import { auditReport, MOST_AUDITED } from "./auditReport";

const entry: AuditEntry = {
  ...{ sequence: 1, time: 0, actor: "Ada", machine: "m", through: "vscode", action: "gate.override" },
  ...{ subject: "models/wine/3", reason: "| for <b>now</b>", evidence: {}, previous: "0", hash: "a".repeat(64) },
};
const intact = { intact: true as const, entries: 600, head: "b".repeat(64) };

test("an audit log says who did what and why, and that it goes on where it is cut", () => {
  const one = auditReport([entry], intact, "models/wine");
  expect(one).toContain("| 1 |");
  expect(one).toContain("gate\\.override | models/wine/3 | \\| for \\<b\\>now\\</b\\> | Ada on m, vscode |");
  expect(one).not.toContain("there are older ones");
  const many = auditReport(Array(MOST_AUDITED + 1).fill(entry), intact, null);
  expect(many.match(/^\| 1 \|/gm)).toHaveLength(MOST_AUDITED);
  expect(many).toContain("These are the newest 500; there are older ones. `modeltrail audit export");
});
