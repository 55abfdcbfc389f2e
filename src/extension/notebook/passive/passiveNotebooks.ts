/** Records what notebooks execute, whichever extension's kernel does it, from what VS Code tells of them. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../../domain/errors";
import { setting } from "../../configuration";
import type { Log } from "../../log";
import type { Projects } from "../../stores/projects";
import { trackedKernel } from "../trackedNotebooks";
import { attachingCode } from "./attachingCode";
import { executeInKernel } from "./jupyterKernel";
import { createObserver, type Observer } from "./observer";
import { codeCells, kernelName, observedCell, placeOf, readNotebook } from "./reading";
import { type RecorderProcess, startRecorder } from "./recorderProcess";

export interface PassiveOptions {
  distFolder: string;
  projects: Projects;
  log: Log;
}

export interface PassiveNotebooks extends vscode.Disposable {
  changed(event: vscode.NotebookDocumentChangeEvent): void;
  saved(document: vscode.NotebookDocument): void;
  closed(document: vscode.NotebookDocument): void;
  /** What the notebook executes next begins a run; a kernel that has the tracer is told of it first. */
  newRun(document: vscode.NotebookDocument): Promise<void>;
  /** Begins a run and gives the notebook's living kernel, of the Jupyter extension, the tracer for it. */
  attach(document: vscode.NotebookDocument): Promise<void>;
  /** Ends all runs; resolves when the recorders have been told everything. */
  closeAll(): Promise<void>;
}

interface Watched {
  observer: Observer;
  /** Of a run that a kernel is to be given the tracer for. */
  onBegan: ((variables: Record<string, string>) => void) | null;
  onRefused: ((reason: string) => void) | null;
  recorder: RecorderProcess | null;
  kernel: string | null;
}

export function createPassiveNotebooks({ distFolder, projects, log }: PassiveOptions): PassiveNotebooks {
  const watched = new Map<vscode.NotebookDocument, Watched>();
  let refused = false;

  function watch(document: vscode.NotebookDocument): Watched {
    const known = watched.get(document);
    if (known) return known;
    const observer = createObserver({
      read: () => ({
        notebook: readNotebook(document),
        codeCells: codeCells(document),
        place: placeOf(document)!,
      }),
      newSession: randomUUID,
      now: Date.now,
      tell(message) {
        if (message.e === "begin") one.recorder ??= start(document, one);
        one.recorder?.tell(message);
      },
    });
    const one: Watched = { observer, recorder: null, kernel: kernelName(document), onBegan: null, onRefused: null };
    watched.set(document, one);
    return one;
  }

  function start(document: vscode.NotebookDocument, one: Watched): RecorderProcess {
    const { cwd } = placeOf(document)!;
    // Watched from now on, so that the run is seen in the tree.
    void projects.ensure(cwd).catch((error) => log.error("watch the notebook's runs", error));
    return startRecorder({
      distFolder,
      cwd,
      log,
      onMessage(message) {
        if (message.e === "began") {
          log.channel.info(`Recording ${document.uri.path} as run ${message.id}.`);
          one.onBegan?.(message.variables);
        }
        if (message.e === "refused") {
          one.onRefused?.(message.message);
          refuse(message.message);
        }
      },
      onLost() {
        one.recorder = null;
        one.observer.recorderLost();
      },
    });
  }

  /** Said once in a window: the notebook itself runs as it would. */
  function refuse(message: string): void {
    log.channel.warn(`The notebook is not recorded: ${message}`);
    if (refused) return;
    refused = true;
    void vscode.window.showWarningMessage(vscode.l10n.t("The notebook is not recorded: {0}", message));
  }

  async function close(document: vscode.NotebookDocument): Promise<void> {
    const one = watched.get(document);
    watched.delete(document);
    if (!one?.recorder) return;
    one.observer.tellLayout();
    await one.recorder.close();
  }

  async function attach(document: vscode.NotebookDocument): Promise<void> {
    const one = watch(document);
    const began = new Promise<Record<string, string>>((resolve, reject) => {
      one.onBegan = resolve;
      one.onRefused = (reason) => reject(new UserError(reason));
    });
    try {
      one.observer.attach();
      const tracer = path.join(distFolder, "..", "python", "tracer");
      await executeInKernel(document.uri, attachingCode(tracer, await began));
    } catch (error) {
      // The run would tell of a tracer that is not there.
      one.observer.newRun();
      throw error;
    } finally {
      one.onBegan = null;
      one.onRefused = null;
    }
  }

  return {
    changed(event) {
      const { notebook } = event;
      if (!placeOf(notebook)) return;
      if (mayRecord(notebook)) follow(watch(notebook), event);
      else void close(notebook);
    },
    saved(document) {
      watched.get(document)?.observer.tellLayout();
    },
    closed: (document) => void close(document),
    async newRun(document) {
      const { observer } = watch(document);
      if (observer.isAttached()) await attach(document);
      else observer.newRun();
    },
    attach,
    async closeAll() {
      await Promise.all([...watched.keys()].map(close));
    },
    dispose() {
      for (const document of watched.keys()) void close(document);
    },
  };
}

function follow(
  one: Watched,
  { notebook, cellChanges, contentChanges, metadata }: vscode.NotebookDocumentChangeEvent,
): void {
  const { observer } = one;
  if (contentChanges.length > 0) noteRemoved(observer, notebook, contentChanges);
  if (metadata !== undefined) noteKernel(one, kernelName(notebook));
  for (const { cell, document, metadata: ofCell, outputs, executionSummary } of cellChanges) {
    if (document || ofCell) observer.layoutChanged();
    if (outputs === undefined && executionSummary === undefined) continue;
    const now = observedCell(cell);
    // What it showed comes before how it ended.
    if (outputs !== undefined) observer.outputsChanged(now);
    if (executionSummary !== undefined) observer.summaryChanged(now, executionSummary);
  }
}

function noteRemoved(
  observer: Observer,
  notebook: vscode.NotebookDocument,
  changes: readonly vscode.NotebookDocumentContentChange[],
): void {
  const left = new Set(notebook.getCells());
  // Moved cells are told as removed and added.
  const removed = changes.flatMap(({ removedCells }) => removedCells).filter((cell) => !left.has(cell));
  for (const cell of removed) observer.cellRemoved(observedCell(cell));
  observer.layoutChanged();
}

/** The first kernel that a notebook gets is no change. */
function noteKernel(one: Watched, name: string | null): void {
  if (one.kernel === name) return;
  if (one.kernel !== null) one.observer.newKernel();
  one.kernel = name;
}

/** What is on a kernel of ours is recorded by that. */
export function mayRecord(document: vscode.NotebookDocument): boolean {
  return vscode.workspace.isTrusted && setting("modeltrail.notebooks.record", document.uri) && !trackedKernel(document);
}
