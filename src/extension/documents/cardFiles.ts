/** What only people know of a model version, as a file to be edited: saving it keeps it with the version. */
import * as vscode from "vscode";
import type { Projects } from "../stores/projects";
import type { CardForm } from "../worker/models/api";
import { parseCardUri } from "./parseUri";
import type { EditableFiles } from "./readOnlyFileSystem";

export class CardFiles implements EditableFiles {
  constructor(
    private readonly projects: Projects,
    private readonly onChanged: (uri: vscode.Uri) => void,
  ) {}

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, updated } = await this.form(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: updated, size: Buffer.byteLength(text) };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode((await this.form(uri)).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const address = parseCardUri(uri);
    await this.projects.ensure(address.root);
    await this.projects.call("fillModelCard", { ...address, text: new TextDecoder().decode(content) });
    // What was kept may be written otherwise: without a login that it had.
    this.onChanged(uri);
  }

  private async form(uri: vscode.Uri): Promise<CardForm> {
    const address = parseCardUri(uri);
    await this.projects.ensure(address.root);
    const form = await this.projects.call("cardForm", address);
    if (!form) throw vscode.FileSystemError.FileNotFound(uri);
    return form;
  }
}
