/** Hovers over the name of a metric or a param: its series, the last runs, the best, with links. */
import * as vscode from "vscode";
import { setting } from "../configuration";
import type { Projects } from "../stores/projects";
import type { EditorResults } from "../worker/fileResults";
import { type EditorFiles, isPython, PYTHON } from "./editorFiles";
import { type HoverContext, LINKED_COMMANDS, metricHover, paramHover } from "./hovers";
import { namedMetrics } from "./lenses";
import { namedParams } from "./lineNotes";

const CONFIG: vscode.DocumentSelector = { scheme: "file", pattern: "**/*.{yaml,yml,json,toml}" };
/** A name as it may stand in a text: "train/loss", "--batch-size", "conf.lr". */
const WORD = /[\p{L}\p{N}_.@/-]+/u;

export function registerHovers(files: EditorFiles, projects: Projects): vscode.Disposable {
  async function provideHover(document: vscode.TextDocument, position: vscode.Position) {
    if (!setting("modeltrail.editor.hovers", document)) return undefined;
    const results = files.results(document);
    const root = files.root(document);
    const range = document.getWordRangeAtPosition(position, WORD);
    if (!results || root === undefined || !range) return undefined;
    const word = document.getText(range);
    const file = files.fileOf(document);
    const context: HoverContext = {
      root,
      file: vscode.Uri.file(file).toString(),
      stale: isPython(document) && files.isStale(document, results),
      now: Date.now(),
    };
    const metric = metricAt(document, position.line, word, results);
    if (metric !== undefined) {
      const trail = await projects.call("metricTrail", { root, file, key: metric });
      return new vscode.Hover(linked(metricHover(metric, results.metrics[metric]!, trail, context)), range);
    }
    const param = await paramAt(document, position.line, word, results);
    if (param === undefined) return undefined;
    const trail = await projects.call("paramTrail", { root, file, param });
    return new vscode.Hover(linked(paramHover(param, results, trail, context)), range);
  }

  function metricAt(document: vscode.TextDocument, line: number, word: string, { metrics }: EditorResults) {
    if (!isPython(document)) return undefined;
    const marks = files.marks(document);
    return namedMetrics(marks, metrics).find(
      ({ name, end }) => marks.lines.at(end) === line && (name === word || name.endsWith(`/${word}`)),
    )?.name;
  }

  async function paramAt(document: vscode.TextDocument, line: number, word: string, results: EditorResults) {
    const given = results.best?.params ?? {};
    const plain = word.replace(/^-+/, "");
    const fits = (name: string) => {
      const key = name.slice(name.lastIndexOf(":") + 1);
      const last = key.slice(key.lastIndexOf(".") + 1);
      return [key, last].some((part) => part === plain || part === plain.replaceAll("-", "_"));
    };
    const named = (await namedParams(files, document, results)).filter(({ name }) => Object.hasOwn(given, name));
    // An argument may be added over several lines, with its default on the last.
    const near = named.filter(({ name, end }) => fits(name) && Math.abs(document.positionAt(end).line - line) <= 5);
    return near.sort((a, b) => distance(document, a.end, line) - distance(document, b.end, line))[0]?.name;
  }

  const provider: vscode.HoverProvider = { provideHover };
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(PYTHON, provider),
    vscode.languages.registerHoverProvider(CONFIG, provider),
  );
}

const distance = (document: vscode.TextDocument, place: number, line: number) =>
  Math.abs(document.positionAt(place).line - line);

/** Names and values in it are escaped; links may call these commands and no others. */
function linked(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text);
  markdown.isTrusted = { enabledCommands: LINKED_COMMANDS };
  return markdown;
}
