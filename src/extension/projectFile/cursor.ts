/** Where in a YAML document the cursor is, also in a line that is just being typed. */
import { isMap, isScalar, isSeq, type Node, parseDocument, visit } from "yaml";

export interface Cursor {
  /** `key`: a key of the mapping at `path`. `value`: what stands at `path`. */
  at: "key" | "value";
  path: PropertyKey[];
  /** What the document says without the word at the cursor. */
  document: unknown;
  /** Keys that the mapping at `path` has already. */
  siblings: string[];
  /** Characters before the cursor that belong to the word at it, and behind it. */
  typed: number;
  rest: number;
}

/** No file has such a word. */
const MARK = "cursor4f1c";
const KEY_LINE = /^[ ]*(?:-[ ]+)*([\w.-]*)$/;
const REST = /^[\w./~-]*/;
const LONGEST_WORD = 200;
const VALUE = /(?:[:,[{-]|^)[ ]+([\w./~-]*)$/;

/** Null where nothing can be proposed: in a comment, between quotes, or in what is no YAML. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(start, offset);
  const end = text.indexOf("\n", offset);
  const after = text.slice(offset, end < 0 ? undefined : end);
  if (/(?:^|\s)#/.test(before)) return null;
  // A key that is there already, with its colon, is not proposed again.
  const key = /^\s*$/.test(after) ? KEY_LINE.exec(before) : null;
  if (key) return locate(text, offset, key[1]!.length, `${MARK}:`) ?? locate(text, offset, key[1]!.length, MARK);
  const value = VALUE.exec(before);
  return value ? locate(text, offset, value[1]!.length, MARK) : null;
}

/** The mark takes the place of the word at the cursor. */
function locate(text: string, offset: number, typed: number, mark: string): Cursor | null {
  const rest = REST.exec(text.slice(offset, offset + LONGEST_WORD))![0].length;
  const marked = text.slice(0, offset - typed) + mark + text.slice(offset + rest);
  const document = parseDocument(marked, { logLevel: "silent", strict: false });
  let found: Cursor | null = null;
  visit(document, {
    Scalar(place, node, ancestors) {
      if (node.value !== MARK) return undefined;
      const at = place === "key" ? "key" : "value";
      const above = ancestors.slice(0, at === "key" ? -1 : undefined) as Node[];
      const path = pathOf(above, node);
      const map = at === "key" ? above.at(-1) : undefined;
      found = {
        at,
        path,
        document: without(document.toJS({ maxAliasCount: 100 })),
        siblings: isMap(map) ? map.items.flatMap((pair) => keyOf(pair.key)).filter((name) => name !== MARK) : [],
        typed,
        rest,
      };
      return visit.BREAK;
    },
  });
  return found;
}

function pathOf(ancestors: readonly unknown[], node: unknown): PropertyKey[] {
  const path: PropertyKey[] = [];
  for (const [index, one] of ancestors.entries()) {
    const next = ancestors[index + 1] ?? node;
    if (isSeq(one)) path.push(one.items.indexOf(next));
    else if (isMap(one)) {
      const pair = one.items.find((item) => item === next);
      if (pair) path.push(...keyOf(pair.key));
    }
  }
  return path;
}

function keyOf(key: unknown): string[] {
  return isScalar(key) ? [String(key.value)] : typeof key === "string" ? [key] : [];
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (value === MARK) return undefined;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== MARK);
  return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner)]));
}

export interface Place {
  /** Offsets. */
  start: number;
  end: number;
}

/** Where the key, or else the value, at a path stands; the nearest one above it when it is not there. */
export function placeOf(text: string, path: readonly PropertyKey[], isKey: boolean): Place {
  const document = parseDocument(text, { logLevel: "silent" });
  for (let length = path.length; length > 0; length--) {
    const isWhole = length === path.length;
    const place = placeIn(document.contents, path.slice(0, length), isKey || !isWhole);
    if (place) return place;
  }
  return { start: 0, end: Math.max(0, text.indexOf("\n")) };
}

function placeIn(top: unknown, path: readonly PropertyKey[], isKey: boolean): Place | null {
  let node = top;
  let key: unknown;
  for (const part of path) {
    if (isSeq(node)) [key, node] = [undefined, node.items[Number(part)]];
    else if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item.key)[0] === String(part));
      [key, node] = [pair?.key, pair?.value];
      if (!pair) return null;
    } else return null;
  }
  // A mapping reaches over lines: its key is what is underlined.
  const first = isMap(node) ? node.items[0]?.key : undefined;
  const shown = isKey || isMap(node) || isSeq(node) ? (key ?? first ?? node) : node;
  const range = (shown as Node | null)?.range ?? (key as Node | undefined)?.range;
  return range ? { start: range[0], end: range[1] } : null;
}

/** The path of the key or value at an offset; null between them. */
export function pathAt(text: string, offset: number): { path: PropertyKey[]; place: Place; document: unknown } | null {
  const document = parseDocument(text, { logLevel: "silent" });
  const holds = (range: Node["range"]) => range && range[0] <= offset && offset <= range[1];
  let found: { path: PropertyKey[]; place: Place; document: unknown } | null = null;
  visit(document, {
    Scalar(_, node, ancestors) {
      if (!holds(node.range)) return undefined;
      const [start, end] = node.range!;
      found = { path: pathOf(ancestors as Node[], node), place: { start, end }, document: document.toJS() };
      return visit.BREAK;
    },
  });
  return found;
}

/** Faults that make the text no YAML at all. */
export function syntaxFaults(text: string): { place: Place; message: string }[] {
  const { errors } = parseDocument(text, { logLevel: "silent", prettyErrors: false });
  return errors.map(({ pos: [start, end], message }) => ({ place: { start, end }, message }));
}
