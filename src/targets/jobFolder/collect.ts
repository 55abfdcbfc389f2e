/** Bringing home what the command did to the files of its stage. */
import { lstat, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { formatSize } from "../../domain/format";
import { displayPath, fsPath } from "../../ingest/spoolPath";
import type { JobPlan, Problem } from "../contract";
import { type Host, HostUnreachable } from "../host/contract";
import { checked, entryAt, isBehindLink } from "../host/localFolder";
import { askAgent } from "./agent";
import { createBackoff } from "./backoff";
import type { JobFolderOptions, Place } from "./contract";

/** As python/agent/files_job.py says it. */
export interface ChangedFiles {
  files: [path: string, size: number, mtimeNs: string, mode: number][];
  links: [path: string, target: string][];
  removed: string[];
  left: [path: string, size: number][];
  /** Of the output and of what the tracer said, that the disk there did not take. */
  lostBytes: number;
}

type Limits = Pick<JobFolderOptions, "fileLimit" | "totalLimit">;

/** Gives what could not be brought. A machine that cannot be reached is tried again until it can. */
export async function collectFiles(
  host: Host,
  place: Place,
  plan: Pick<JobPlan, "stage">,
  { fileLimit, totalLimit, signal }: Limits & { signal: AbortSignal },
): Promise<Problem[]> {
  const args = fileLimit || totalLimit ? [String(fileLimit ?? totalLimit), String(totalLimit ?? 2 ** 53)] : [];
  const changed = await persist(signal, () => askAgent<ChangedFiles>(host, place, "files", { args, signal }));
  const names = changed.files.map(([name]) => name);
  const work = `${place.folder}/work`;
  if (names.length > 0) await persist(signal, () => host.pull(work, plan.stage, names, { signal }));
  return [
    ...(await putInPlace(plan.stage, changed)),
    ...changed.left.map(([name, size]) => leftThere(host, work, name, size)),
    ...lost(host, changed.lostBytes),
  ];
}

/** The rest, once the files are there: what is gone goes, links are made. Gives what is not as it should be. */
export async function putInPlace(stage: string, { files, links, removed }: ChangedFiles): Promise<Problem[]> {
  for (const name of removed) {
    if (!(await isBehindLink(stage, name))) await rm(fsPath(path.join(stage, name)), { force: true });
  }
  const problems: Problem[] = [];
  for (const [name, target] of links) {
    const problem = await makeLink(stage, checked(name), target);
    if (problem) problems.push(problem);
  }
  for (const [name, size] of files) {
    const entry = await entryAt(stage, name);
    if (entry?.size !== size)
      problems.push(warning(`${displayPath(name)} changed while it was brought home, or is gone.`));
  }
  return problems;
}

async function makeLink(stage: string, name: string, target: string): Promise<Problem | null> {
  const leads = path.posix.normalize(path.posix.join(path.posix.dirname(name), target));
  if (path.posix.isAbsolute(target) || leads.startsWith("../")) {
    return warning(
      `The link ${displayPath(name)} was not brought home: it leads out of the project, to ${displayPath(target)}.`,
    );
  }
  const file = fsPath(path.join(stage, name));
  if (await isBehindLink(stage, name)) return null;
  const old = await lstat(file).catch(() => null);
  if (old) await rm(file, { recursive: true });
  await mkdir(fsPath(path.dirname(path.join(stage, name))), { recursive: true });
  await symlink(fsPath(target), file);
  return null;
}

function leftThere(host: Host, work: string, name: string, size: number): Problem {
  return warning(
    `${displayPath(name)} (${formatSize(size)}) is larger than what is brought home. It stays on ${host.name}, as ${work}/${displayPath(name)}.`,
  );
}

function lost(host: Host, bytes: number): Problem[] {
  if (bytes === 0) return [];
  return [
    warning(`The disk of ${host.name} was full: ${bytes} bytes of the output or of the tracer's notes are lost.`),
  ];
}

function warning(message: string): Problem {
  return { severity: "warning", message };
}

async function persist<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  const backoff = createBackoff();
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (signal.aborted || !(error instanceof HostUnreachable)) throw error;
    }
    await backoff.wait(signal);
  }
}
