/** Puts right what can be put right in a store, and says what cannot. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../store/contract";
import { openStore } from "../../store/open";
import { examineDatabase, repairDatabase } from "../../store/repair";
import { adoptFolders } from "./adoptFolders";
import { repairCode } from "./repairCode";
import { repairObjects } from "./repairObjects";

export interface Finding {
  /** What it is about. */
  part: "database" | "runs" | "files" | "code";
  /** lost: cannot be put right; it stands on the runs as a gap. */
  outcome: "repaired" | "lost";
  message: string;
}

export interface RepairOptions {
  signal?: AbortSignal;
  onStep?(step: string): void;
  /** Finishes runs whose recorder is gone, as those put together again from their folders are. */
  settle(store: Store): Promise<void>;
}

/**
 * Looks at everything in the store of the project `root`: database, runs' folders, every object's bytes, the code of every
 * run. What is damaged is kept in `damaged/` inside the store folder. Throws UserError when nothing may be touched: a database
 * of a newer Modeltrail, a run that is running while the database is to be replaced.
 */
export async function repairStore(root: string, folder: string, options: RepairOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  options.onStep?.("Checking the database");
  const needsFolders = repairTables(folder, findings);
  const store = openStore(root, { create: false });
  try {
    if (needsFolders) {
      options.onStep?.("Looking for runs");
      findings.push(...(await adoptFolders(store)));
    }
    await options.settle(store);
    options.onStep?.("Checking the kept files");
    findings.push(...(await repairObjects(store, options)));
    options.onStep?.("Checking the code");
    findings.push(...(await repairCode(store, options.signal)));
    return findings;
  } finally {
    store.close();
  }
}

/** True when runs may be missing that have a folder. */
function repairTables(folder: string, findings: Finding[]): boolean {
  const reason = examineDatabase(folder);
  // Without runs' folders there is nothing to put together: the first run makes a database.
  if (reason === null || (!existsSync(join(folder, "db.sqlite")) && !existsSync(join(folder, "runs")))) return false;
  const { aside, runs, damaged } = repairDatabase(folder, reason);
  const kept = aside === null ? "" : ` The damaged one is kept in ${aside}.`;
  const what = damaged === null ? "nothing in it could be read" : `${runs} runs could be read`;
  findings.push({
    part: "database",
    outcome: "repaired",
    message: `The database was made anew (${reason}): ${what}.${kept} Reload windows that show this project.`,
  });
  if (damaged !== null && damaged.length > 0) {
    findings.push({
      part: "database",
      outcome: "lost",
      message: `Some of these tables could not be read: ${damaged.join(", ")}.`,
    });
  }
  return damaged === null || damaged.includes("runs");
}
