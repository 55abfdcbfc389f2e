/** A file system whose files can be looked at, one by one. VS Code asks it for documents, images and diffs alike. */
import * as vscode from "vscode";

export interface ReadOnlyFiles {
  stat(uri: vscode.Uri): Promise<vscode.FileStat>;
  readFile(uri: vscode.Uri): Promise<Uint8Array>;
}

/** `load` gives what knows the files, when the first is asked for. */
export function readOnlyFileSystem(
  load: () => Promise<ReadOnlyFiles>,
  onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>,
): vscode.FileSystemProvider {
  return {
    onDidChangeFile,
    stat: async (uri) => (await load()).stat(uri),
    readFile: async (uri) => (await load()).readFile(uri),
    readDirectory: () => [],
    watch: () => ({ dispose: () => {} }),
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}

export interface EditableFiles extends ReadOnlyFiles {
  writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void>;
}

/** The same, of files that are written, too. */
export function editableFileSystem(
  load: () => Promise<EditableFiles>,
  onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]>,
): vscode.FileSystemProvider {
  return {
    ...readOnlyFileSystem(load, onDidChangeFile),
    writeFile: async (uri, content) => (await load()).writeFile(uri, content),
  };
}

function refuse(): never {
  throw vscode.FileSystemError.NoPermissions(vscode.l10n.t("What a run recorded cannot be changed."));
}
