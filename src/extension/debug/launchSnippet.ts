/** Completions in launch.json for debug sessions that are recorded. */
import * as vscode from "vscode";

/** Without indentation of its own: VS Code adds that of the line. */
const SNIPPETS: { label: string; detail: string; lines: string[] }[] = [
  {
    label: "Modeltrail: Debug and Record a Script",
    detail: "Debug a Python script and record its run",
    lines: [`"program": "\${2:\\\${file\\}}",`],
  },
  {
    label: "Modeltrail: Debug and Record a Module",
    detail: "Debug a Python module and record its run",
    lines: [`"module": "\${2:package.train}",`],
  },
];

export function registerLaunchSnippets(): vscode.Disposable {
  const selector: vscode.DocumentSelector = [
    { language: "jsonc", pattern: "**/launch.json" },
    { language: "json", pattern: "**/launch.json" },
  ];
  return vscode.languages.registerCompletionItemProvider(selector, {
    provideCompletionItems: () => SNIPPETS.map(toItem),
  });
}

function toItem({ label, detail, lines }: (typeof SNIPPETS)[number]): vscode.CompletionItem {
  const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Snippet);
  const body = [
    "{",
    `\t"name": "\${1:Debug and Record}",`,
    `\t"type": "debugpy",`,
    `\t"request": "launch",`,
    ...lines.map((line) => `\t${line}`),
    `\t"args": [$3],`,
    `\t"console": "integratedTerminal"`,
    "}",
  ];
  item.insertText = new vscode.SnippetString(body.join("\n"));
  item.detail = detail;
  return item;
}
