/** Logs of runs as documents that grow while the run goes on. */
import { stat } from "node:fs/promises";
import * as vscode from "vscode";
import { formatSize } from "../../domain/format";
import type { LogText } from "../../ingest/logText";
import { setting } from "../configuration";
import { Scheme } from "../contributions";
import type { Projects } from "../stores/projects";
import { parseLogUri } from "./parseUri";
import type { ReadOnlyFiles } from "./readOnlyFileSystem";

const LOOK_MS = 500;
/** A large document takes the editor long to show anew: it gets this many times longer between two looks per megabyte. */
const LOOK_MS_PER_MEGABYTE = 500;
const MOST_UNSEEN = 20;

interface FollowedLog {
  uri: vscode.Uri;
  path: string;
  /** Bytes of the log when it was read last. */
  size: number;
  timer: NodeJS.Timeout | undefined;
  /** Looks in a row at which no document showed it: VS Code asks about files that it does not open, too. */
  unseen: number;
}

/**
 * Follows the log files themselves, so that it does not depend on how often a recorder writes to the store. A log is
 * followed for as long as some document shows it.
 */
export class LiveLogs implements ReadOnlyFiles, vscode.Disposable {
  private readonly followed = new Map<string, FollowedLog>();
  private readonly subscriptions: vscode.Disposable[];

  /** `changed` is told of each document that is to be read again. */
  constructor(
    private readonly projects: Projects,
    private readonly changed: (uri: vscode.Uri) => void,
  ) {
    this.subscriptions = [
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.unfollow(uri)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration("modeltrail.log.maxSize")) return;
        for (const { uri } of this.followed.values()) this.changed(uri);
      }),
    ];
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const log = await this.follow(uri);
    const { size, mtimeMs } = await stat(log.path).catch(() => ({ size: 0, mtimeMs: 0 }));
    // The size is what VS Code warns of before it opens a large file: it gets the end only.
    const shown = Math.min(size, maxBytes());
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: 0, mtime: mtimeMs, size: shown, permissions };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { root, id } = parseLogUri(uri);
    await this.projects.ensure(root);
    const log = await this.projects.call("readLog", { root, id, limit: maxBytes() });
    (await this.follow(uri)).size = log.size;
    return new TextEncoder().encode(withNote(log));
  }

  dispose(): void {
    for (const { timer } of this.followed.values()) clearTimeout(timer);
    this.followed.clear();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async follow(uri: vscode.Uri): Promise<FollowedLog> {
    const key = uri.toString();
    const known = this.followed.get(key);
    if (known) return known;
    const { root, id } = parseLogUri(uri);
    await this.projects.ensure(root);
    const path = await this.projects.call("logPath", { root, id });
    const log: FollowedLog = { uri, path, size: 0, timer: undefined, unseen: 0 };
    this.followed.set(key, log);
    this.lookLater(log);
    return log;
  }

  private unfollow(uri: vscode.Uri): void {
    if (uri.scheme !== Scheme.log) return;
    clearTimeout(this.followed.get(uri.toString())?.timer);
    this.followed.delete(uri.toString());
  }

  private lookLater(log: FollowedLog): void {
    const shown = Math.min(log.size, maxBytes());
    const pause = LOOK_MS + (shown / 1_000_000) * LOOK_MS_PER_MEGABYTE;
    log.timer = setTimeout(() => void this.look(log), pause);
  }

  private async look(log: FollowedLog): Promise<void> {
    const { size } = await stat(log.path).catch(() => ({ size: 0 }));
    // Told until it is read: VS Code drops a change that comes while it opens the document.
    if (size !== log.size) this.changed(log.uri);
    const key = log.uri.toString();
    const isShown = vscode.workspace.textDocuments.some((document) => document.uri.toString() === key);
    log.unseen = isShown ? 0 : log.unseen + 1;
    if (log.unseen > MOST_UNSEEN) this.unfollow(log.uri);
    if (this.followed.get(key) === log) this.lookLater(log);
  }
}

const maxBytes = () => Math.max(0.01, setting("modeltrail.log.maxSize")) * 1_000_000;

function withNote({ text, size, skipped }: LogText): string {
  if (skipped === 0) return text;
  const note = vscode.l10n.t(
    "The first {0} of {1} are not shown here. Open the raw log file for all of it (Modeltrail: Open Raw Log File).",
    formatSize(skipped),
    formatSize(size),
  );
  return `… ${note}\n\n${text}`;
}
