/** `modeltrail restore RUN`: a run's files in a folder of their own, or one of them in its place. */
import { statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import type { RestoredFile, RestorePart, RestoreReport } from "../../domain/restore";
import { projectPath } from "../../snapshot/projectPath";
import { type RestoreProgress, restoreRun } from "../../snapshot/restore";
import { restoreFile } from "../../snapshot/restoreFile";
import { restoreWorktree } from "../../snapshot/restoreWorktree";
import type { Store } from "../../store/contract";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { commandText, oneLine, print, styled } from "../print";
import { showProgress } from "../progress";

export interface RestoreCommandOptions {
  to?: string;
  worktree?: string;
  file?: string;
  /** With `file`: as the run left it. */
  written?: boolean;
  /** With `file`: over another one, of which an undo copy is kept. */
  force?: boolean;
  codeOnly?: boolean;
  artifacts?: boolean;
  verify?: boolean;
  json?: boolean;
}

/** Problems and gaps that are listed before the rest is only counted. */
const LISTED = 20;
const INTERRUPTED = 130;

export async function restoreCommand(reference: string, options: RestoreCommandOptions): Promise<void> {
  await withStore(async (store) => {
    const id = store.resolveRun(reference);
    if (options.file !== undefined) return await restoreOne(store, id, options.file, options);
    refuse(options, ["written", "force"], "belongs to --file");
    if (options.worktree !== undefined) refuse(options, ["to"], "and --worktree name two folders: leave out one");
    await restoreAll(store, id, options);
  });
}

function refuse(options: RestoreCommandOptions, names: (keyof RestoreCommandOptions)[], why: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given) throw new UserError(`--${given.replace("O", "-o")} ${why}.`);
}

async function restoreAll(store: Store, id: string, options: RestoreCommandOptions): Promise<void> {
  const { name, command } = store.getSummaries([id])[0]!;
  const to = path.resolve(options.worktree ?? options.to ?? `${store.root}-${name.replaceAll(/[^\w.-]+/g, "-")}`);
  const restore = options.worktree === undefined ? restoreRun : restoreWorktree;
  const progress = showProgress("Restored", (files) => `${files} files`);
  const onProgress = (seen: RestoreProgress) => progress.update(seen.files, seen.totalFiles);
  const report = await interruptible((signal) =>
    restore(store, id, { to, parts: partsOf(options), verify: options.verify, signal, onProgress }),
  ).finally(progress.clear);
  print(options.json ? toJson(report, 2) : describe(report, name, command));
  if (report.cancelled) process.exitCode = INTERRUPTED;
  else if (report.problems.length > 0) process.exitCode = 1;
}

function partsOf({ codeOnly, artifacts }: RestoreCommandOptions): RestorePart[] {
  return ["code", ...(codeOnly ? [] : (["data", "config"] as const)), ...(artifacts ? (["artifacts"] as const) : [])];
}

async function restoreOne(store: Store, id: string, file: string, options: RestoreCommandOptions): Promise<void> {
  refuse(options, ["worktree", "codeOnly", "artifacts"], "does not go together with --file");
  // As it is called from here, else as the run calls it.
  const names = [projectPath(store.root, path.resolve(file)), file.replaceAll(path.sep, "/").replace(/^(?:\.\/)+/, "")];
  const to = options.to === undefined ? undefined : targetFile(options.to, file);
  const { written, force: overwrite } = options;
  const restored = await interruptible((signal) =>
    restoreFile(store, id, [...new Set(names)], { to, overwrite, written, signal }),
  );
  print(options.json ? toJson(restored, 2) : describeFile(restored));
}

/** A folder that is there means: in it. */
function targetFile(to: string, file: string): string {
  const target = path.resolve(to);
  return statSync(target, { throwIfNoEntry: false })?.isDirectory() ? path.join(target, path.basename(file)) : target;
}

function describeFile({ path: name, to, outcome, undo, size }: RestoredFile): string {
  if (outcome === "same") return `${to} is as the run had it already.`;
  const restored = `Restored ${oneLine(name)} (${formatSize(size)}) to ${to}.`;
  return undo === null ? restored : `${restored}\nWhat was there is kept in ${undo}.`;
}

function describe(report: RestoreReport, name: string, command: string[]): string {
  const { folder, project, cwd, outside, problems, gaps, exact, cancelled } = report;
  const lines = [
    `${cancelled ? "Interrupted: restored only a part of" : "Restored"} ${oneLine(name)} to ${folder}: ${counts(report)}.`,
  ];
  if (cwd !== null) lines.push(`Its command was started in ${cwd}: ${commandText(command)}`);
  else if (project !== folder) lines.push(`The project is in ${project}.`);
  if (outside.length > 0) {
    const first = outside[0]!;
    lines.push(`Files from outside of the project: ${outside.length}, the first ${first.from}, now ${first.to}.`);
  }
  if (exact) lines.push("All of it is as the run had it.");
  const titled = (title: string, messages: string[]) => {
    if (messages.length > 0) lines.push("", styled(title, "bold"), ...listed(messages));
  };
  titled(
    `Not there, or not as the run had it: ${problems.length}`,
    problems.map(({ message }) => message),
  );
  titled(
    "What had not been captured of the run",
    gaps.map(({ message }) => message),
  );
  return lines.join("\n");
}

function listed(messages: string[]): string[] {
  const shown = messages.slice(0, LISTED).map((message) => `  ${oneLine(message)}`);
  const rest = messages.length - shown.length;
  return rest > 0 ? [...shown, `  and ${rest} more (--json lists all)`] : shown;
}

const NOUNS: Record<RestorePart, string> = {
  code: "of code",
  data: "of data",
  config: "of config",
  artifacts: "that it wrote",
};

function counts({ written }: RestoreReport): string {
  const parts = (Object.keys(NOUNS) as RestorePart[]).filter((part) => written[part].files > 0);
  const texts = parts.map((part) => {
    const { files, bytes } = written[part];
    return `${files} ${files === 1 ? "file" : "files"} ${NOUNS[part]} (${formatSize(bytes)})`;
  });
  return texts.join(", ") || "nothing";
}
