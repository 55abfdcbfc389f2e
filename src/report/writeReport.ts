/** Writes a report into files: whole or not at all, and over nothing that nobody asked to replace. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../domain/errors";
import { reportPage } from "./asHtml";
import { reportComment, reportDocument } from "./asMarkdown";
import type { Report } from "./report";

export const REPORT_FORMATS = ["html", "markdown", "comment"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** By the ending of the file; null when that says nothing. */
export function formatOf(file: string): ReportFormat | null {
  if (/\.html?$/i.test(file)) return "html";
  return /\.(md|markdown)$/i.test(file) ? "markdown" : null;
}

/** Files that were written, the report first. Throws UserError, with nothing written, when one is there and is not to be replaced. */
export function writeReport(report: Report, file: string, format: ReportFormat, replace: boolean): string[] {
  const target = path.resolve(file);
  const files = filesOf(report, target, format);
  const there = files.find(({ name }) => existsSync(name));
  if (there && !replace) {
    throw new UserError(`${there.name} is there already. Give another name, or --force to replace it.`);
  }
  try {
    // The pictures first: the report is not there before all of it is.
    for (const { name, content } of files.toReversed()) writeWhole(name, content);
  } catch (error) {
    throw new UserError(`The report could not be written to ${target}: ${(error as Error).message}.`);
  }
  return files.map(({ name }) => name);
}

function filesOf(report: Report, target: string, format: ReportFormat): { name: string; content: string }[] {
  if (format === "html") return [{ name: target, content: reportPage(report) }];
  if (format === "comment") return [{ name: target, content: reportComment(report) }];
  const folder = `${path.basename(target).replace(/\.[^.]+$/, "")}-files`;
  const { text, pictures } = reportDocument(report, folder);
  const beside = path.join(path.dirname(target), folder);
  return [
    { name: target, content: text },
    ...pictures.map(({ name, svg }) => ({ name: path.join(beside, name), content: svg })),
  ];
}

function writeWhole(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    writeFileSync(part, content);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
