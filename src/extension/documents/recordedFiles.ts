/** Read-only documents of what runs recorded: files of their code, data, config and artifacts, under their own names. */
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import * as vscode from "vscode";
import type { Projects } from "../stores/projects";
import { parseFileUri } from "./parseUri";
import type { ReadOnlyFiles } from "./readOnlyFileSystem";
import type { FileAddress } from "./uris";

/** Files are read several times while an editor opens them; what was read last is kept for that. Bytes. */
const CACHE_BYTES = 32 * 1024 * 1024;

export class RecordedFiles implements ReadOnlyFiles {
  private cache = new Map<string, Uint8Array>();
  private cached = 0;

  constructor(private readonly projects: Projects) {}

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const address = parseFileUri(uri);
    const kept = await this.keptFile(address);
    const size = kept ? (await stat(kept)).size : (await this.codeBytes(uri, address)).byteLength;
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const address = parseFileUri(uri);
    const kept = await this.keptFile(address);
    return kept ? readFile(kept) : this.codeBytes(uri, address);
  }

  /** Streams the file to where the user wants a copy. */
  async copyTo(uri: vscode.Uri, target: vscode.Uri, signal: AbortSignal): Promise<void> {
    const kept = target.scheme === "file" ? await this.keptFile(parseFileUri(uri)) : null;
    if (!kept) return vscode.workspace.fs.writeFile(target, await this.readFile(uri));
    await pipeline(createReadStream(kept), createWriteStream(target.fsPath), { signal });
  }

  /** Where the store keeps the bytes; null when they can only be in the run's code. */
  private async keptFile({ root, kind, path, sha256 }: FileAddress): Promise<string | null> {
    await this.projects.ensure(root);
    const kept = sha256 === null ? null : await this.projects.call("keptFile", { root, sha256 });
    if (kept !== null || kind === "code" || kind === "config") return kept;
    throw vscode.FileSystemError.Unavailable(
      vscode.l10n.t("The content of {0} was not kept, only its hash. The run's gaps say why.", path),
    );
  }

  private async codeBytes(uri: vscode.Uri, { root, id, path, kind }: FileAddress): Promise<Uint8Array> {
    const key = uri.toString();
    const known = this.cache.get(key);
    if (known) return known;
    const inCode = kind === "code" ? path : await this.pathInCode(root, id, path);
    const bytes = inCode === null ? null : await this.projects.call("codeFile", { root, id, path: inCode });
    if (!bytes) throw vscode.FileSystemError.FileNotFound(vscode.l10n.t("The run's code has no file {0}.", path));
    this.remember(key, bytes);
    return bytes;
  }

  private async pathInCode(root: string, id: string, file: string): Promise<string | null> {
    return this.projects.call("codePath", { root, id, file: resolve(root, file) });
  }

  private remember(key: string, bytes: Uint8Array): void {
    this.cache.set(key, bytes);
    this.cached += bytes.byteLength;
    for (const [oldest, old] of this.cache) {
      if (this.cached <= CACHE_BYTES) break;
      this.cache.delete(oldest);
      this.cached -= old.byteLength;
    }
  }
}
