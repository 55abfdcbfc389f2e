import type { RunOptions } from "./commands/run";

const WITH_VALUE = new Map<string, "experiment" | "name" | "note" | "source">([
  ["--experiment", "experiment"],
  ["--name", "name"],
  ["--note", "note"],
  ["--source", "source"],
]);

export interface PlainRun {
  options: RunOptions;
  command: string[];
}

/**
 * `run [options] -- COMMAND…` as program.ts would understand it, without loading what explains options. Null for
 * everything else, mistakes and `--help` among them, which are program.ts's to answer.
 */
export function plainRun(words: readonly string[]): PlainRun | null {
  if (words[0] === "run" && words[1] === "--job" && words.length === 3) {
    return { options: { job: words[2] }, command: [] };
  }
  const end = words.indexOf("--");
  if (words[0] !== "run" || end < 0 || end === words.length - 1) return null;
  const options: RunOptions = { source: "cli" };
  for (let at = 1; at < end; at++) {
    const [, name = "", given] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(words[at]!) ?? [];
    if (name === "--keep-on-hangup" && given === undefined) {
      options.keepOnHangup = true;
      continue;
    }
    const value = given ?? words[++at];
    if (value === undefined || at >= end) return null;
    const key = WITH_VALUE.get(name);
    if (key) options[key] = value;
    else if (name === "--tag") options.tag = [...(options.tag ?? []), value];
    else return null;
  }
  return { options, command: words.slice(end + 1) };
}
