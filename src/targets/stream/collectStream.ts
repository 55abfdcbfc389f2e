/** Putting into the stage what came of the command's files through the job's log. */
import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatSize } from "../../domain/format";
import { displayPath, fsPath } from "../../ingest/spoolPath";
import { leftOutOf } from "../bundle/writeBundle";
import type { JobPlan, Problem } from "../contract";
import { checked, isBehindLink } from "../host/localFolder";
import { type ChangedFiles, putInPlace } from "../jobFolder/collect";
import { incomingFolder, readIncoming } from "./incoming";

/** One warning names so many files. */
const NAMED = 3;

/** After `followStream`, by whatever process; once more does no harm. `name`: of the source. */
export async function collectStream(plan: Pick<JobPlan, "stage">, name: string): Promise<Problem[]> {
  const facts = readIncoming(plan);
  const problems = (facts?.missing ?? []).map(warning);
  if (!facts?.changed) {
    return [...problems, warning("No list of the files that the command wrote has arrived, so none was brought home.")];
  }
  const { changed } = facts;
  problems.push(...(await notSent(plan, changed, name)));
  for (const [file, size, mtimeNs, mode] of changed.files)
    await bring(plan, { file: checked(file), size, mtimeNs, mode });
  problems.push(...(await putInPlace(plan.stage, changed)));
  for (const [file, size] of changed.left) {
    problems.push(
      warning(
        `${displayPath(file)} (${formatSize(size)}) is too large for the log, so it was lost with its container on ${name}.`,
      ),
    );
  }
  if (changed.lostBytes > 0) {
    problems.push(
      warning(
        `The disk of ${name} was full: ${changed.lostBytes} bytes of the output or of the tracer's notes are lost.`,
      ),
    );
  }
  return problems;
}

/** What the stage has that the command never saw. */
async function notSent({ stage }: Pick<JobPlan, "stage">, changed: ChangedFiles, name: string): Promise<Problem[]> {
  // A name that came from there may have been brought before.
  const theirs = new Set(changed.files.map(([file]) => file));
  const left = (await leftOutOf(stage)).filter((file) => !theirs.has(file)).map(displayPath);
  if (left.length === 0) return [];
  const rest = left.length > NAMED ? ` and ${left.length - NAMED} more` : "";
  const names = left.slice(0, NAMED).join(", ") + rest;
  return [warning(`${names} could not be sent to ${name}, for the name is not UTF-8: the command ran without.`)];
}

interface Incoming {
  file: string;
  size: number;
  mtimeNs: string;
  mode: number;
}

async function bring(plan: Pick<JobPlan, "stage">, { file, size, mtimeNs, mode }: Incoming): Promise<void> {
  const from = fsPath(path.join(incomingFolder(plan).files, file));
  const to = path.join(plan.stage, file);
  // No piece of an empty file comes.
  if (size === 0) {
    mkdirSync(fsPath(path.dirname(path.join(incomingFolder(plan).files, file))), { recursive: true });
    writeFileSync(from, "");
  }
  const arrived = lstatSync(from, { throwIfNoEntry: false });
  if (arrived?.size !== size || (await isBehindLink(plan.stage, file))) return;
  const seconds = Number(BigInt(mtimeNs) / 1_000n) / 1e6;
  chmodSync(from, mode);
  utimesSync(from, seconds, seconds);
  mkdirSync(fsPath(path.dirname(to)), { recursive: true });
  if (lstatSync(fsPath(to), { throwIfNoEntry: false })?.isDirectory()) rmSync(fsPath(to), { recursive: true });
  renameSync(from, fsPath(to));
}

function warning(message: string): Problem {
  return { severity: "warning", message };
}
