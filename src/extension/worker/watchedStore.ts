/** The store of one project, opened when it appears and watched for changes by whichever process. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Store } from "../../store/contract";
import { readableFolder, storeExists } from "../../store/locate";
import { openStore } from "../../store/open";
import type { StoreChange } from "./api";

const DATABASE = "db.sqlite";
/** Several writes in quick succession are one change. */
const SETTLE_MS = 100;
/** Where file events do not arrive (network disks, some containers), changes are seen this late. */
const POLL_MS = 3_000;
/** How soon a project's first run is seen. Until then there is nothing to watch, and a look costs next to nothing. */
const APPEAR_MS = 500;

export interface WatchedStoreOptions {
  root: string;
  /** False in Restricted Mode: nothing is written, not even a newer database layout. */
  mayWrite: boolean;
  onChange(change: StoreChange): void;
  /** Called each time the store has been opened. */
  onOpen(store: Store): void;
  onFault(error: unknown): void;
}

export class WatchedStore {
  private store: Store | undefined;
  private inode: number | undefined;
  private revision = 0;
  /** The last entry of the audit log, which tells of every change of a model; the last result of a gate; how many deployments there are. */
  private seen = { audited: 0, gate: 0, deployments: 0 };
  private watcher: FSWatcher | undefined;
  private polling: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private closed = false;
  /** Said once, until opening succeeds again. */
  private lastFault = "";

  constructor(private readonly options: WatchedStoreOptions) {
    this.look();
  }

  get folder(): string {
    return readableFolder(this.options.root);
  }

  /** The open store; undefined while the project has none. Throws when there is one that cannot be opened. */
  get(): Store | undefined {
    if (this.isGone()) this.drop();
    if (!this.store && !this.closed && storeExists(this.options.root)) this.open();
    return this.store;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.polling);
    clearTimeout(this.settling);
    this.drop();
  }

  private open(): void {
    const { root, mayWrite, onOpen } = this.options;
    const store = openStore(root, { create: false, readOnly: !mayWrite, through: "vscode" });
    this.store = store;
    this.inode = inodeOf(path.join(store.folder, DATABASE));
    // Asked with a revision that no store has reached, the answer is where this one stands.
    this.revision = store.changesSince(Number.MAX_SAFE_INTEGER).revision;
    this.seen = seenIn(store);
    this.lastFault = "";
    this.follow(store.folder);
    onOpen(store);
  }

  /** Deleted by the user, or replaced by another: the open file is no longer the store. */
  private isGone(): boolean {
    if (!this.store) return false;
    return inodeOf(path.join(this.store.folder, DATABASE)) !== this.inode;
  }

  private drop(): void {
    void this.watcher?.close();
    this.watcher = undefined;
    this.store?.close();
    this.store = undefined;
  }

  /** Tells what changed since the last look, and looks again later. */
  private look(): void {
    clearTimeout(this.polling);
    this.tell();
    if (!this.closed) this.polling = setTimeout(() => this.look(), this.store ? POLL_MS : APPEAR_MS);
  }

  private tell(): void {
    const { root, onChange, onFault } = this.options;
    try {
      const before = this.store;
      const store = this.get();
      if (store !== before)
        onChange({ root, runs: [], removed: [], all: true, jobs: "many", models: true, deployments: true });
      else if (store) {
        const { revision, ...change } = store.changesSince(this.revision);
        if (revision !== this.revision) onChange({ root, ...change, ...this.others(store) });
        this.revision = revision;
      }
    } catch (error) {
      const fault = String(error);
      if (fault !== this.lastFault) onFault(error);
      this.lastFault = fault;
    }
  }

  private others(store: Store): Pick<StoreChange, "jobs" | "models" | "deployments"> {
    const before = this.seen;
    const { names, total } = store.deployments.changesSince(this.revision);
    this.seen = seenIn(store, total);
    // One that was removed has no name any more.
    const deployments = names.length > 0 || total !== before.deployments;
    const judged = this.seen.audited !== before.audited || this.seen.gate !== before.gate;
    return { jobs: changedJobs(store, this.revision), models: judged || deployments, deployments };
  }

  private follow(folder: string): void {
    this.watcher = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      ignored: (file) => file !== folder && !path.basename(file).startsWith(DATABASE),
    });
    this.watcher.on("all", () => this.lookSoon());
    // Polling goes on without it.
    this.watcher.on("error", () => {});
  }

  private lookSoon(): void {
    if (this.settling || this.closed) return;
    this.settling = setTimeout(() => {
      this.settling = undefined;
      this.look();
    }, SETTLE_MS);
  }
}

function seenIn({ audit, gates, deployments }: Store, total = deployments.changesSince(0).total) {
  return { audited: audit.head()?.sequence ?? 0, gate: gates.last(), deployments: total };
}

function changedJobs(store: Store, revision: number): StoreChange["jobs"] {
  const { jobs, all } = store.jobs.changesSince(revision);
  return all ? "many" : jobs;
}

function inodeOf(file: string): number | undefined {
  return existsSync(file) ? statSync(file, { throwIfNoEntry: false })?.ino : undefined;
}
