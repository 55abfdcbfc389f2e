import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

/** A file may import from its own folder and from layers further down this list. */
const layers = [
  ["extension", "cli"],
  ["agents"],
  ["sweep", "deploy"],
  ["targets"],
  ["recorder", "monitor", "reproduce", "share", "space", "report"],
  ["registry"],
  ["snapshot", "ingest", "compare"],
  ["store"],
  ["protocol"],
  ["domain"],
];

/** What a file outside the layers, or with a tighter rule than theirs, may import besides its own folder. */
const tighter: Record<string, string[]> = { protocol: ["domain"], "webview-ui": ["protocol", "domain"] };

const imports = sourceFiles("src").concat(sourceFiles("webview-ui")).flatMap(importsOf);

test("imports run downward only", () => {
  const wrong = imports.filter(({ from, to }) => to !== undefined && to !== from && !allowed(from).includes(to));
  expect(wrong).toEqual([]);
});

test("only the extension knows vscode", () => {
  const wrong = imports.filter(({ from, name }) => name === "vscode" && from !== "extension");
  expect(wrong).toEqual([]);
});

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && file !== path.basename(import.meta.filename))
    .map((file) => path.join(folder, file));
}

/** The imports of a file; `from` and `to` are folders of src/ (or "webview-ui"), `to` undefined for a package. */
function importsOf(file: string): { file: string; from: string; name: string; to: string | undefined }[] {
  const code = readFileSync(path.join(root, file), "utf8");
  const names = [...code.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
  return names.map((name) => {
    const to = name.startsWith(".") ? room(path.join(path.dirname(file), name)) : undefined;
    return { file, from: room(file), name, to };
  });
}

function room(file: string): string {
  const [first, second] = file.split(path.sep);
  return first === "src" ? second! : first!;
}

function allowed(from: string): string[] {
  const level = layers.findIndex((layer) => layer.includes(from));
  // package.json says the version, to whom it may concern.
  return ["package.json", ...(tighter[from] ?? (level < 0 ? [] : layers.slice(level + 1).flat()))];
}
