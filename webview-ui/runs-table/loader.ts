/**
 * Brings the runs into the page: the newest first, then the names of all, then column after column, those that are looked at
 * before others. One request at a time, so that what comes later is newer.
 */
import { type ColumnKey, columnId, splitIds } from "../../src/domain/table/columns";
import type { TableIndex, TablePart } from "../../src/protocol/runsTable";
import { TableData } from "./data";
import type { RunChange } from "./extension";
import { measureWork } from "./measure";

/** What the loader asks; see `runsTableHost`. */
export interface TableSource {
  index(): Promise<TableIndex>;
  columns(columns: ColumnKey[]): Promise<Parameters<TableData["setColumns"]>[0]>;
  runs(ids: string[], more: ColumnKey[]): Promise<TablePart>;
}

/** Columns in one request: those in sight must come soon. */
const WANTED_AT_ONCE = 12;
const OTHERS_AT_ONCE = 24;
/** More changed runs than these are read with all others. */
const MOST_CHANGED = 300;
/** So long after the last change of a run it is looked anew in which columns the runs differ. */
const SETTLE_MS = 1_000;

export class TableLoader {
  readonly data = new TableData();
  lessIsBetter: ReadonlySet<string> = new Set();
  fault: string | undefined;
  /** Moves with everything that is to be drawn. */
  version = 0;
  /** Moves when runs have changed, and do no more for a while. */
  settled = 0;
  private wanted: readonly ColumnKey[] = [];
  private readonly changed = new Set<string>();
  /** Columns that a view names and nobody has: they are not asked for again. */
  private readonly unknown = new Set<string>();
  private allChanged = true;
  private busy = false;
  private drawing = false;
  private changeStart: number | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly source: TableSource) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The newest runs, as they came with the page. */
  begin(part: TablePart, lessIsBetter: readonly string[]): void {
    this.data.addPart(part.rows, part.columns);
    this.lessIsBetter = new Set(lessIsBetter);
    this.draw();
    void this.pump();
  }

  /** These columns are to come before others. */
  want(columns: readonly ColumnKey[]): void {
    this.wanted = columns;
    void this.pump();
  }

  /** Resolves when these columns are whole, or will not come; which they are may depend on what is known. */
  async have(columns: () => readonly ColumnKey[]): Promise<void> {
    for (;;) {
      const wanted = columns();
      if (this.fault !== undefined || !wanted.some(this.lacks)) return;
      this.want(wanted);
      await new Promise<void>((resolve) => {
        const stop = this.subscribe(() => {
          stop();
          resolve();
        });
      });
    }
  }

  change({ runs, removed, all }: RunChange): void {
    for (const id of removed) this.data.removeRun(id);
    for (const id of runs) this.changed.add(id);
    if (all || this.changed.size > MOST_CHANGED) this.allChanged = true;
    if (removed.length > 0) this.draw();
    void this.pump();
  }

  tryAgain(): void {
    this.fault = undefined;
    this.allChanged = true;
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.busy || this.fault !== undefined) return;
    this.busy = true;
    try {
      while (await this.step()) this.draw();
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
      this.draw();
    } finally {
      this.busy = false;
    }
  }

  /** False when there is nothing to do. */
  private async step(): Promise<boolean> {
    if (this.allChanged) await this.readIndex();
    else if (this.changed.size > 0) await this.readChanged();
    else {
      const columns = this.missing();
      if (columns.length === 0) {
        performance.mark("modeltrail.whole");
        return false;
      }
      this.data.setColumns(await this.source.columns(columns));
      for (const column of columns) if (!this.data.isWhole(column)) this.unknown.add(columnId(column));
    }
    return true;
  }

  private async readIndex(): Promise<void> {
    this.allChanged = false;
    this.changed.clear();
    this.unknown.clear();
    const { rows, columns, total, lessIsBetter } = await this.source.index();
    this.data.setIndex(rows, columns, total);
    this.lessIsBetter = new Set(lessIsBetter);
  }

  private async readChanged(): Promise<void> {
    const ids = [...this.changed];
    this.changed.clear();
    const more = this.data.allColumns().filter((column) => column.aspect !== undefined && this.data.isWhole(column));
    const { rows, columns } = await this.source.runs(ids, more);
    const start = performance.now();
    this.data.addPart(rows, columns);
    // Deleted, or moved to where this table does not look.
    const there = new Set(splitIds(rows.ids));
    for (const id of ids) if (!there.has(id)) this.data.removeRun(id);
    this.changeStart = start;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.settled++;
      this.draw();
    }, SETTLE_MS);
  }

  private readonly lacks = (column: ColumnKey): boolean =>
    !this.data.isWhole(column) && !this.unknown.has(columnId(column));

  private missing(): ColumnKey[] {
    const wanted = this.wanted.filter(this.lacks);
    if (wanted.length > 0) return wanted.slice(0, WANTED_AT_ONCE);
    // Packages are many, and rarely looked at.
    const others = this.data.allColumns().filter((column) => column.source !== "package" && this.lacks(column));
    return others.slice(0, OTHERS_AT_ONCE);
  }

  private draw(): void {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      this.version++;
      for (const listener of this.listeners) listener();
      if (this.changeStart !== undefined) measureWork("modeltrail.changed", this.changeStart);
      this.changeStart = undefined;
    });
  }
}

/** So that a list of columns can be told from another. */
export const idsOf = (columns: readonly ColumnKey[]): string => columns.map(columnId).join("\n");
