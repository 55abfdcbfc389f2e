/** The elements and texts of an XML file, one after the other, in time that grows with its length only. */
import { UserError } from "../../../domain/errors";

export type XmlEvent =
  | { type: "open"; name: string; attributes: Record<string, string>; empty: boolean }
  | { type: "close"; name: string }
  | { type: "text"; text: string };

const DEEPEST = 100;

/** Throws UserError for what is not well formed, is nested too deep, or has a document type. */
export function* xmlEvents(text: string): Generator<XmlEvent, undefined> {
  const open: string[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length) {
    const start = text.indexOf("<", at);
    const piece = text.slice(at, start < 0 ? text.length : start);
    if (piece.trim() !== "") yield { type: "text", text: decode(piece) };
    if (start < 0) break;
    const mark = text[start + 1] === "!" || text[start + 1] === "?" ? readMark(text, start) : null;
    if (mark?.text) yield { type: "text", text: mark.text };
    const tag = mark ? null : readTag(text, start);
    if (tag) follow(open, tag.event);
    if (tag) yield tag.event;
    at = (mark ?? tag)!.end;
  }
  if (open.length > 0) throw broken(`<${open.at(-1)}> is not closed`);
}

/** Keeps the names of the elements that are open. */
function follow(open: string[], event: XmlEvent & { type: "open" | "close" }): void {
  if (event.type === "close") {
    if (open.pop() !== event.name) throw broken(`</${event.name}> closes nothing`);
  } else if (!event.empty) open.push(event.name);
  if (open.length > DEEPEST) throw new UserError(`Its elements are nested more than ${DEEPEST} deep.`);
}

/** What begins with `<!` or `<?`: comments and instructions say nothing, and CDATA is text. */
function readMark(text: string, start: number): { end: number; text: string | null } {
  if (text.startsWith("<!--", start)) return { end: after(text, "-->", start + 4), text: null };
  if (text.startsWith("<?", start)) return { end: after(text, "?>", start + 2), text: null };
  if (!text.startsWith("<![CDATA[", start)) {
    throw new UserError("It has a document type, which reports of tests have not: it is not read.");
  }
  const end = after(text, "]]>", start + 9);
  return { end, text: text.slice(start + 9, end - 3) };
}

const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /\s*/y;

function readTag(text: string, start: number): { event: XmlEvent & { type: "open" | "close" }; end: number } {
  const closes = text[start + 1] === "/";
  let at = start + (closes ? 2 : 1);
  const name = match(NAME, text, at);
  if (name === "") throw broken("a < that begins no element");
  at += name.length;
  if (closes) {
    at += match(SPACE, text, at).length;
    if (text[at] !== ">") throw broken(`</${name} without its >`);
    return { event: { type: "close", name }, end: at + 1 };
  }
  const attributes: Record<string, string> = Object.create(null);
  for (;;) {
    at += match(SPACE, text, at).length;
    if (text[at] === ">") return { event: { type: "open", name, attributes, empty: false }, end: at + 1 };
    if (text.startsWith("/>", at)) return { event: { type: "open", name, attributes, empty: true }, end: at + 2 };
    const key = match(NAME, text, at);
    if (key === "") throw broken(`an attribute of <${name}>`);
    at += key.length;
    at += match(SPACE, text, at).length;
    if (text[at] !== "=") throw broken(`the attribute ${key} of <${name}>`);
    at++;
    at += match(SPACE, text, at).length;
    const quote = text[at];
    const end = quote === '"' || quote === "'" ? text.indexOf(quote, at + 1) : -1;
    if (end < 0) throw broken(`the attribute ${key} of <${name}>`);
    attributes[key] = decode(text.slice(at + 1, end));
    at = end + 1;
  }
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  if (found < 0) throw broken(`"${mark}" is missing`);
  return found + mark.length;
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The five entities that every XML has, and characters by number; others stay as they are. */
function decode(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/g, (whole, hex, number, name) => {
    if (name) return ENTITIES[name]!;
    const code = hex ? Number.parseInt(hex, 16) : Number(number);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const broken = (what: string) => new UserError(`It is no well-formed XML: ${what}.`);
