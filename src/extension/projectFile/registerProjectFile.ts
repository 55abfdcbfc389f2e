/** Help while modeltrail.yaml is edited. What it takes is loaded with the first such file. */
import * as vscode from "vscode";
import { PROJECT_FILE_NAME } from "../../domain/projectFileName";
import type { Log } from "../log";
import type { ProjectFileLanguage } from "./language";

/** Red Hat's extension completes and checks by the schema that package.json offers it. */
const YAML_EXTENSION = "redhat.vscode-yaml";
/** Faults are looked for when typing rests. */
const REST_MS = 250;

const FILES: vscode.DocumentSelector = { scheme: "file", pattern: `**/${PROJECT_FILE_NAME}` };

export function registerProjectFile(extension: vscode.Uri, log: Log): vscode.Disposable {
  const faults = vscode.languages.createDiagnosticCollection("modeltrail");
  const waiting = new Map<string, NodeJS.Timeout>();
  let loading: Promise<ProjectFileLanguage> | undefined;
  async function load(): Promise<ProjectFileLanguage> {
    const { createProjectFileLanguage } = await import("./language");
    return createProjectFileLanguage(extension);
  }
  const language = () => (loading ??= load());
  const isOurs = (document: vscode.TextDocument) => vscode.languages.match(FILES, document) > 0;
  const isHelped = () => vscode.extensions.getExtension(YAML_EXTENSION) !== undefined;

  async function check(document: vscode.TextDocument): Promise<void> {
    try {
      const found = (await language()).diagnostics(document);
      if (!document.isClosed) faults.set(document.uri, found);
    } catch (error) {
      log.error(`look for faults in ${PROJECT_FILE_NAME}`, error);
    }
  }

  function checkSoon(document: vscode.TextDocument, after: number): void {
    if (!isOurs(document)) return;
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.set(
      key,
      setTimeout(() => {
        waiting.delete(key);
        void check(document);
      }, after),
    );
  }

  for (const document of vscode.workspace.textDocuments) checkSoon(document, 0);
  return vscode.Disposable.from(
    faults,
    vscode.workspace.onDidOpenTextDocument((document) => checkSoon(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document, REST_MS)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => faults.delete(uri)),
    vscode.languages.registerCompletionItemProvider(FILES, {
      provideCompletionItems: async (document, position) =>
        isHelped() ? undefined : (await language()).completions(document, position),
    }),
    vscode.languages.registerHoverProvider(FILES, {
      provideHover: async (document, position) =>
        isHelped() ? undefined : (await language()).hover(document, position),
    }),
    {
      dispose: () => {
        for (const timer of waiting.values()) clearTimeout(timer);
      },
    },
  );
}
