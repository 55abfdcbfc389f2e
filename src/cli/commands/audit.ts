/** `modeltrail audit`, `audit verify` and `audit export` */

import { randomBytes } from "node:crypto";
import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile, link, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { AuditEntry } from "../../domain/audit";
import { UserError } from "../../domain/errors";
import { formatAgo } from "../../domain/format";
import { checkChain } from "../../store/audit/chain";
import type { AuditVerdict } from "../../store/audit/contract";
import { withStore } from "../open";
import { oneLine, print, styled, table } from "../print";
import { count } from "../sweepOptions";

const PAGE = 1_000;

export interface ListAuditOptions {
  subject?: string;
  action?: string[];
  limit: string;
  json?: boolean;
}

export async function listAuditCommand({ subject, action, limit, json }: ListAuditOptions): Promise<void> {
  const most = count("--limit", limit)!;
  await withStore((store) => {
    const entries = store.audit.list({
      limit: most,
      ...(subject === undefined ? {} : { subject }),
      ...(action === undefined ? {} : { actions: action }),
    });
    if (json) return print(JSON.stringify(entries, null, 2));
    if (entries.length === 0) return print("No such entry.");
    const rows = entries.map((entry) => [
      String(entry.sequence),
      formatAgo(entry.time, Date.now()),
      // Names in a table, addresses with --json.
      oneLine(entry.actor.replace(/ <[^<>]*>$/, "")),
      oneLine(entry.through),
      oneLine(entry.action),
      oneLine(entry.subject),
      oneLine(entry.reason ?? ""),
    ]);
    print(table([["#", "WHEN", "WHO", "THROUGH", "ACTION", "SUBJECT", "REASON"], ...rows]));
  });
}

/** Exits with 1 when the log, or the export in `file`, is not as it was written. */
export async function verifyAuditCommand(
  file: string | undefined,
  { head, json }: { head?: string; json?: boolean },
): Promise<void> {
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    throw new UserError(`"${head}" is no hash of the audit log: those are 64 hexadecimal digits.`);
  }
  const verdict =
    file === undefined ? await withStore((store) => store.audit.verify(head)) : await verifyFile(file, head);
  if (!verdict.intact) process.exitCode = 1;
  if (json) return print(JSON.stringify(verdict, null, 2));
  if (!verdict.intact) {
    return print(`${styled("Not intact.", "red")} ${verdict.problem} ${sound(verdict.entries)} before it.`);
  }
  print(`${styled("Intact:", "green")} ${verdict.entries} entries. Head ${verdict.head}`);
  if (head === undefined && file === undefined && verdict.entries > 0) {
    print(styled("Note the head elsewhere: with --head HASH it is seen when the whole log is replaced.", "dim"));
  }
}

const sound = (entries: number) => (entries === 1 ? "1 entry is sound" : `${entries} entries are sound`);

async function verifyFile(file: string, head: string | undefined): Promise<AuditVerdict> {
  const chain = checkChain();
  let found = head === undefined;
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() === "") continue;
      const entry = readEntry(text, file, line);
      const wrong = chain.next(entry);
      if (wrong) return { intact: false, entries: chain.entries, ...wrong };
      if (entry.hash === head) found = true;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} could not be read: ${(error as Error).message}`, { cause: error });
  }
  const { entries } = chain;
  if (found) return { intact: true, entries, head: chain.head };
  return { intact: false, entries, sequence: entries, problem: `The export does not contain ${head}.` };
}

function readEntry(text: string, file: string, line: number): AuditEntry {
  try {
    return AuditEntry.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`Line ${line} of ${file} is no entry of an audit log.`, { cause: error });
  }
}

/** The file is there when it is whole. */
export async function exportAuditCommand(file: string): Promise<void> {
  await withStore(async (store) => {
    const temporary = `${file}.${randomBytes(4).toString("hex")}.part`;
    let entries = 0;
    function* lines() {
      for (let last = 0; ; ) {
        const page = store.audit.after(last, PAGE);
        for (const entry of page) yield `${JSON.stringify(entry)}\n`;
        entries += page.length;
        if (page.length < PAGE) return;
        last = page.at(-1)!.sequence;
      }
    }
    try {
      await pipeline(lines, createWriteStream(temporary, { flags: "wx" }));
      await giveName(temporary, file);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new UserError(
        code === "EEXIST"
          ? `${file} is there already. Choose another name.`
          : `${file} could not be written: ${message}`,
        { cause: error },
      );
    } finally {
      await rm(temporary, { force: true });
    }
    print(`Wrote ${entries} entries to ${oneLine(file)}.`);
  });
}

/** Never in place of a file that is there, which renaming would replace. */
async function giveName(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    // No hard links on this disk.
    await copyFile(temporary, file, constants.COPYFILE_EXCL);
  }
}
