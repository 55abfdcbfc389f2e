/** Settings of a TOML text, line by line: parsers of TOML do not tell places. */
import type { NamedParam } from "../inlineValues";

const PART = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)`;
const NAME = String.raw`${PART}(?:\s*\.\s*${PART})*`;
const HEADER = new RegExp(String.raw`^\s*\[\s*(${NAME})\s*\]\s*(?:#.*)?$`);
/** Of tables in a list; such are data more than settings. */
const LIST_HEADER = /^\s*\[\[/;
const SETTING = new RegExp(String.raw`^(\s*(${NAME})\s*)=\s*(.*)$`);
const STRING = /"(?:[^"\\]|\\.)*"|'[^']*'/g;

export function tomlKeys(text: string): NamedParam[] {
  const keys: NamedParam[] = [];
  let section: string | null = "";
  let at = 0;
  /** What ends the value that goes on over lines. */
  let open: string | number = 0;
  for (const line of text.split("\n")) {
    const start = at;
    at += line.length + 1;
    if (typeof open === "string") {
      if (line.includes(open)) open = 0;
      continue;
    }
    if (open > 0) {
      open = Math.max(0, open + depth(line));
      continue;
    }
    const header = HEADER.exec(line)?.[1];
    if (header !== undefined) section = plainName(header);
    else if (LIST_HEADER.test(line)) section = null;
    const setting = SETTING.exec(line);
    if (!setting) continue;
    const [, before = "", name = "", value = ""] = setting;
    const quotes = /^("""|''')/.exec(value)?.[1];
    if (quotes && !value.slice(3).includes(quotes)) open = quotes;
    else open = Math.max(0, depth(value));
    if (section === null) continue;
    const full = section === "" ? plainName(name) : `${section}.${plainName(name)}`;
    const written = open === 0 ? plainValue(value) : null;
    keys.push({ name: full, end: start + before.trimEnd().length, written });
  }
  return keys;
}

const depth = (line: string) => {
  const bare = line.replace(STRING, "").replace(/#.*/, "");
  return (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
};

const plainName = (name: string) => [...name.matchAll(new RegExp(PART, "g"))].map(([part]) => unquoted(part)).join(".");

const unquoted = (text: string) => (/^(["']).*\1$/.test(text) ? text.slice(1, -1) : text);

/** A plain value as a run notes it; null for lists and tables. */
function plainValue(text: string): string | null {
  const value = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#]*)/.exec(text.trim())?.[0].trim() ?? "";
  if (value === "" || /^[[{]/.test(value)) return null;
  if (/^["']/.test(value)) return unquoted(value);
  return /^[+-]?[\d_.]+(?:[eE][+-]?\d+)?$/.test(value) ? String(Number(value.replaceAll("_", ""))) : value;
}
