/** Documents that say how things differ, or what something came to: made when they are opened, from what the stores know. */
import * as vscode from "vscode";
import { reportFor } from "../reports/reportFor";
import type { Chores } from "../stores/chores";
import type { Projects } from "../stores/projects";
import { parseReportUri } from "./parseUri";
import type { ReadOnlyFiles } from "./readOnlyFileSystem";
import { type ReportAddress, reportUri } from "./uris";

/** VS Code's Markdown preview, as an editor of its own. */
const PREVIEW = "vscode.markdown.preview.editor";

export class Reports implements ReadOnlyFiles {
  /** While an editor opens a document it asks several times. */
  private texts = new Map<string, Promise<Uint8Array>>();
  /** What happened once, by key. */
  private events = new Map<string, string>();
  /** Documents that show also what is the same. */
  private whole = new Set<string>();

  constructor(
    private readonly projects: Projects,
    private readonly chores: Chores,
    private readonly onChanged: (uri: vscode.Uri) => void,
  ) {}

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { byteLength: size } = await this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size, permissions: vscode.FilePermission.Readonly };
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const key = uri.toString();
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const made = this.make(uri);
    this.texts.set(key, made);
    made.catch(() => this.texts.delete(key));
    return made;
  }

  /** Opens the document as it is now. `name`: what its tab is called. */
  async open(address: ReportAddress, name: string, options: { preserveFocus?: boolean } = {}): Promise<void> {
    const uri = reportUri(address, name);
    await this.renew(uri);
    await vscode.commands.executeCommand("vscode.openWith", uri, PREVIEW, { preview: false, ...options });
  }

  /** Opens a document of something that happened once. */
  async openEvent(root: string, name: string, markdown: string): Promise<void> {
    const key = `${Date.now()}-${this.events.size}`;
    this.events.set(key, markdown);
    await this.open({ kind: "event", root, key }, name);
  }

  /** Shows also what is the same, or no longer. */
  async toggleWhole(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    if (!this.whole.delete(key)) this.whole.add(key);
    await this.renew(uri);
  }

  private async renew(uri: vscode.Uri): Promise<void> {
    const known = this.texts.delete(uri.toString());
    await this.readFile(uri);
    if (known) this.onChanged(uri);
  }

  private async make(uri: vscode.Uri): Promise<Uint8Array> {
    const address = parseReportUri(uri);
    return new TextEncoder().encode(await this.text(address, this.whole.has(uri.toString())));
  }

  private async text(address: ReportAddress, whole: boolean): Promise<string> {
    if (address.kind === "event") {
      return this.events.get(address.key) ?? vscode.l10n.t("This was told when it happened, and is not kept.");
    }
    await this.projects.ensure(address.root);
    return reportFor(address, whole, this.projects, this.chores);
  }
}
