/**
 * Where git would store other bytes than those on disk: line endings, `ident`, encodings, clean filters. A snapshot
 * keeps the bytes on disk, so such files are taken past git's conversions, apart from two kinds: of Git LFS files the
 * pointer is kept, as LFS itself would; and what the user keeps encrypted in git is encrypted here as well.
 */
import fs from "node:fs";
import path from "node:path";
import { git } from "../git";
import { diskPath, type GitPath, joinRecords, splitRecords } from "../gitPath";
import type { GitContext, Repository } from "./repository";

/**
 * `lines`: only ever shortens a file that it changes (CRLF to LF, an expanded `$Id$`), so equal sizes prove equal bytes.
 * `content`: may do anything (a filter, an encoding).
 */
export type Conversion = "lines" | "content" | "lfs" | `encrypted:${string}`;

/** gitattributes(5): what makes a conversion. A macro may hide any of them; `binary` is built in and only switches off. */
const CONVERTING = /(^|[\s!-])(text|crlf|eol|ident|filter|working-tree-encoding)\b|^\[attr\]/m;
const ATTRIBUTES = ["text", "crlf", "eol", "ident", "filter", "working-tree-encoding"];
const ENCRYPTING = /crypt|sops|blackbox|secret/i;

/** Settings that keep git from running the clean filters it knows of: each could fail, take long, or change files. */
export function withoutFilters(config: Map<string, string>): string[] {
  const settings: string[] = [];
  for (const name of config.keys()) {
    const [, driver, variable] = name.match(/^filter\.(.*)\.([^.]+)$/s) ?? [];
    if (variable === "required") settings.push(`filter.${driver}.required=false`);
    else if (variable === "clean" || variable === "process") settings.push(`filter.${driver}.${variable}=`);
  }
  return settings;
}

/** Settings under which an encrypting filter runs, or fails: git would store plain text where one is missing. */
export function withFilters(drivers: Iterable<string>): string[] {
  return [...drivers].map((driver) => `filter.${driver}.required=true`);
}

/** The conversion of each path that has one. `paths` are those that are on disk; one may be named twice. */
export async function findConversions(
  repository: Repository,
  context: GitContext,
  paths: readonly GitPath[],
): Promise<Map<GitPath, Conversion>> {
  const conversions = new Map<GitPath, Conversion>();
  const autocrlf = /^(input|true|yes|on|1)$/i.test(repository.config.get("core.autocrlf") ?? "");
  if (!mayConvert(repository, paths)) {
    if (autocrlf) for (const gitPath of paths) conversions.set(gitPath, "lines");
    return conversions;
  }
  const input = joinRecords(paths);
  const { stdout } = await git(["check-attr", "--stdin", "-z", ...ATTRIBUTES], { ...context, input });
  // Per path and attribute: path, attribute, value.
  const records = splitRecords(stdout);
  const step = 3 * ATTRIBUTES.length;
  for (let at = 0; at + step <= records.length; at += step) {
    const values = ATTRIBUTES.map((_, index) => records[at + 3 * index + 2]!);
    const conversion = conversionOf(values, autocrlf);
    if (conversion) conversions.set(records[at]!, conversion);
  }
  return conversions;
}

function conversionOf(values: string[], autocrlf: boolean): Conversion | null {
  const [text, crlf, eol, ident, filter, encoding] = values as [string, string, string, string, string, string];
  const given = (value: string) => value !== "unspecified" && value !== "unset";
  if (filter === "lfs") return "lfs";
  if (given(filter)) return ENCRYPTING.test(filter) ? `encrypted:${filter}` : "content";
  if (given(encoding)) return "content";
  if (given(ident)) return "lines";
  // `text` decides; `crlf` is its old name, `eol` implies it.
  const lines = text !== "unspecified" ? text : crlf !== "unspecified" ? crlf : eol;
  if (lines === "unset") return null;
  return lines !== "unspecified" || autocrlf ? "lines" : null;
}

/** Whether any attributes file mentions a conversion at all: asking git about every path would be slow for nothing. */
function mayConvert(repository: Repository, paths: readonly GitPath[]): boolean {
  const { XDG_CONFIG_HOME, HOME, USERPROFILE } = process.env;
  const configHome = XDG_CONFIG_HOME || path.join(HOME ?? USERPROFILE ?? "/", ".config");
  const named = repository.config.get("core.attributesfile")?.replace(/^~(?=\/)/, HOME ?? "~");
  const files: (string | Buffer)[] = [
    path.join(repository.commonDir, "info", "attributes"),
    named ?? path.join(configHome, "git", "attributes"),
    "/etc/gitattributes",
    // May be ignored by git and count nonetheless.
    path.join(repository.top, ".gitattributes"),
  ];
  for (const gitPath of paths) {
    if (gitPath.endsWith("/.gitattributes")) files.push(diskPath(repository.top, gitPath));
  }
  return files.some((file) => {
    try {
      return CONVERTING.test(fs.readFileSync(file, "latin1"));
    } catch {
      return false;
    }
  });
}
