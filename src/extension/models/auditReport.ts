/** The audit log as a document. */
import type { AuditEntry } from "../../domain/audit";
import type { AuditVerdict } from "../../store/audit/contract";
import { code, markdownCell, markdownTable } from "../markdown";

const LONGEST_CELL = 300;

/** As many are shown at the most. */
export const MOST_AUDITED = 500;

/**
 * Markdown. `entries`: the newest first, one more than are shown when there are more; `subject`: what they are about; null:
 * everything.
 */
export function auditReport(entries: readonly AuditEntry[], verdict: AuditVerdict, subject: string | null): string {
  const rows = entries
    .slice(0, MOST_AUDITED)
    .map(({ sequence, time, actor, machine, through, action, subject: of, reason, hash }) => [
      String(sequence),
      new Date(time).toLocaleString(),
      markdownCell(action, LONGEST_CELL),
      markdownCell(of, LONGEST_CELL),
      markdownCell(reason ?? "", LONGEST_CELL),
      // Names in a table, addresses in an export.
      markdownCell(`${actor.replace(/ <[^<>]*>$/, "")} on ${machine}, ${through}`, LONGEST_CELL),
      code(hash.slice(0, 12)),
    ]);
  const columns = ["Entry", "When", "What", "Of What", "Why", "Who", "Hash"].map((title) => ({ title }));
  const title = subject === null ? "# Audit log" : `# Audit log of ${code(subject)}`;
  const text = rows.length === 0 ? "Nothing has been done yet." : markdownTable(columns, rows);
  const rest =
    entries.length > MOST_AUDITED
      ? `These are the newest ${MOST_AUDITED}; there are older ones. \`modeltrail audit export audit.jsonl\` writes all of them.`
      : "";
  return `${[title, verdictInWords(verdict), text, rest].filter(Boolean).join("\n\n")}\n`;
}

function verdictInWords(verdict: AuditVerdict): string {
  const { entries } = verdict;
  const count = entries === 1 ? "1 entry" : `${entries.toLocaleString()} entries`;
  if (verdict.intact)
    return `Intact: ${count}, each holding the hash of the one before. The last: ${code(verdict.head)}`;
  return `**Not intact** from entry ${verdict.sequence}: ${markdownCell(verdict.problem, LONGEST_CELL)}`;
}
