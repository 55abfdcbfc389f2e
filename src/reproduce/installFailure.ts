/** Says in a sentence which package could not be installed, from what pip or uv wrote. */
import { UserError } from "../domain/errors";
import { maskText } from "../domain/secrets";
import type { Lock } from "./lock";

/** How pip and uv name what they fail at. */
const PATTERNS = [
  /No matching distribution found for ([^\s(]+)/,
  /Could not find a version that satisfies the requirement ([^\s(]+)/,
  /Because ([A-Za-z0-9._-]+) was not found in the (?:package registry|provided package locations)/,
  /Because there is no version of ([A-Za-z0-9._-]+==\S+?)[,\s]/,
  /Because ([A-Za-z0-9._-]+==\S+) has no (?:wheels|usable wheels)/,
  /Failed to (?:build|download|fetch|prepare)[^`\n]*`([^`\s]+)`/,
  /Failed to fetch:? `?\S+\/([A-Za-z0-9._-]+)\/(?:[`\s]|$)/,
  /Failed building wheel for ([^\s]+)/,
  /Failed to build installable wheels for some pyproject.toml based projects \(([^)]+)\)/,
];

/** A UserError that names the package where it is known; what is no failure of a tool stays as it is. */
export function explainInstall(
  error: unknown,
  { requirements, python }: Pick<Lock, "requirements" | "python">,
): unknown {
  const { stderr } = error as { stderr?: unknown };
  if (typeof stderr !== "string") return error;
  const named = PATTERNS.map((pattern) => pattern.exec(stderr)?.[1]).find((found) => found !== undefined);
  const wanted = named && (requirements.find((line) => isFor(line, named)) ?? named);
  const reason = maskText(lastLine(stderr));
  const advice =
    "Packages are looked for where pip and uv are set up to (PIP_INDEX_URL, PIP_FIND_LINKS, UV_INDEX, their configuration files).";
  const what = wanted
    ? `${wanted} could not be installed for Python ${python}`
    : `The ${requirements.length} packages of the run could not be installed for Python ${python}`;
  return new UserError(`${what}: ${reason} ${advice}`, { cause: error });
}

const isFor = (line: string, named: string) =>
  line
    .split("==")[0]!
    .toLowerCase()
    .replace(/[-_.]+/g, "-") ===
  named
    .split(/[=<>~!;\s]/)[0]!
    .toLowerCase()
    .replace(/[-_.]+/g, "-");

/** The last line that says something, without pip's own prefix. */
function lastLine(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:ERROR|error|cause|hint|×|╰─▶|├─▶):?\s*/, "").trim());
  const last = lines.filter((line) => line !== "" && !/^(?:\[notice\]|WARNING)/.test(line)).at(-1) ?? "no reason given";
  return /[.!?]$/.test(last) ? last : `${last}.`;
}
