/** Putting into the stage what came of the command's files through the job's log. */
import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatSize } from "../../domain/format";
import { displayPath, fsPath } from "../../ingest/spoolPath";
import type { JobPlan, Problem } from "../contract";
import { checked, isBehindLink } from "../host/localFolder";
import { putInPlace } from "../jobFolder/collect";
import { incomingFolder, readIncoming } from "./incoming";

/** After `followStream`, by whatever process; once more does no harm. `name`: of the source. */
export async function collectStream(plan: Pick<JobPlan, "stage">, name: string): Promise<Problem[]> {
  const facts = readIncoming(plan);
  const problems = (facts?.missing ?? []).map(warning);
  if (!facts?.changed) {
    return [...problems, warning("No list of the files that the command wrote has arrived, so none was brought home.")];
  }
  const { changed } = facts;
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
