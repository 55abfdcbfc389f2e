/** Completion, hovers and faults of modeltrail.yaml, in VS Code's terms. */
import * as vscode from "vscode";
import { findFaults } from "./findFaults";
import type { JsonSchema } from "./schema";
import { explanationAt, type Suggestion, suggestionsAt } from "./suggestions";

export interface ProjectFileLanguage {
  completions(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[];
  hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined;
  diagnostics(document: vscode.TextDocument): vscode.Diagnostic[];
}

/** `extension`: the folder that it is installed in. */
export async function createProjectFileLanguage(extension: vscode.Uri): Promise<ProjectFileLanguage> {
  const file = vscode.Uri.joinPath(extension, "schemas", "modeltrail.schema.json");
  const schema = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file))) as JsonSchema;

  return {
    completions(document, position) {
      const suggestions = suggestionsAt(document.getText(), document.offsetAt(position), schema);
      return suggestions.map((suggestion, index) => completionItem(suggestion, index, position));
    },
    hover(document, position) {
      const found = explanationAt(document.getText(), document.offsetAt(position), schema);
      if (!found) return undefined;
      return new vscode.Hover(new vscode.MarkdownString(found.text), rangeOf(document, found.place));
    },
    diagnostics(document) {
      return findFaults(document.getText()).map(({ place, message }) => {
        const fault = new vscode.Diagnostic(rangeOf(document, place), message, vscode.DiagnosticSeverity.Error);
        fault.source = "Modeltrail";
        return fault;
      });
    },
  };
}

const rangeOf = (document: vscode.TextDocument, { start, end }: { start: number; end: number }) =>
  new vscode.Range(document.positionAt(start), document.positionAt(end));

function completionItem(suggestion: Suggestion, index: number, position: vscode.Position): vscode.CompletionItem {
  const { label, kind, snippet, detail, documentation, required, typed, rest } = suggestion;
  const { Property, Value } = vscode.CompletionItemKind;
  const item = new vscode.CompletionItem(label, kind === "key" ? Property : Value);
  item.insertText = new vscode.SnippetString(snippet);
  const start = position.translate(0, -typed);
  const end = position.translate(0, rest);
  item.range = { inserting: new vscode.Range(start, position), replacing: new vscode.Range(start, end) };
  item.detail = detail.replaceAll("`", "");
  if (documentation) item.documentation = new vscode.MarkdownString(documentation);
  // In the schema's order, what is needed first.
  item.sortText = `${required ? 0 : 1}${String(index).padStart(4, "0")}`;
  // After a key, its values are what comes next.
  if (kind === "key" && / \$0$/.test(snippet)) {
    item.command = { command: "editor.action.triggerSuggest", title: "" };
  }
  return item;
}
