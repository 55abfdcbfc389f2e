/**
 * Remembers which git blob a file on disk is, by the file's stamp, so that untracked files and files that git would
 * convert need not be read for every run. Git's own index remembers this for tracked files only.
 */
import fs from "node:fs";
import path from "node:path";
import type { GitPath } from "../gitPath";
import { isRacy } from "../stamp";

type Row = [path: GitPath, oid: string, size: number, mtimeMs: number, ctimeMs: number, ino: number];

const sameStamp = (row: Row, stats: fs.Stats) =>
  row[2] === stats.size && row[3] === stats.mtimeMs && row[4] === stats.ctimeMs && row[5] === stats.ino;

export class BlobCache {
  readonly #known = new Map<GitPath, Row>();
  readonly #used = new Map<GitPath, Row>();
  #changed = false;

  /** A missing or damaged file makes an empty cache: nothing is lost but time. */
  constructor(readonly file: string) {
    try {
      for (const row of JSON.parse(fs.readFileSync(file, "latin1")) as Row[]) this.#known.set(row[0], row);
    } catch {
      this.#changed = true;
    }
  }

  /** The blob that an unchanged file was found to be. */
  get(gitPath: GitPath, stats: fs.Stats): string | undefined {
    const row = this.#known.get(gitPath);
    if (!row || !sameStamp(row, stats)) return undefined;
    this.#used.set(gitPath, row);
    return row[1];
  }

  /** `readMs`: when reading began. */
  set(gitPath: GitPath, stats: fs.Stats, oid: string, readMs: number): void {
    if (isRacy(Math.max(stats.mtimeMs, stats.ctimeMs), readMs)) return;
    this.#used.set(gitPath, [gitPath, oid, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino]);
    this.#changed = true;
  }

  /** For when the objects turn out to be gone. */
  forget(): void {
    this.#known.clear();
    this.#used.clear();
    this.#changed = true;
  }

  /** Keeps what was asked for or learned since it was opened, so that it does not grow beyond the work tree. */
  save(): void {
    if (!this.#changed && this.#used.size === this.#known.size) return;
    if (this.#used.size === 0 && this.#known.size === 0) return;
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    const temporary = `${this.file}.${process.pid}`;
    fs.writeFileSync(temporary, JSON.stringify([...this.#used.values()]), "latin1");
    fs.renameSync(temporary, this.file);
  }
}
