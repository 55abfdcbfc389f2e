/** The runs chosen by their checkboxes. They stay chosen over a reload, and while a filter hides them. */
import * as vscode from "vscode";
import { setContext } from "../configuration";
import { Context } from "../contributions";
import type { RunReference } from "../stores/projects";

const KEY = "chosenRuns";

export class ChosenRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RunReference[]>();
  /** Tells the runs whose choice changed. */
  readonly onDidChange = this.changed.event;
  private runs: Map<string, RunReference>;

  constructor(private readonly memory: vscode.Memento) {
    this.runs = new Map(memory.get<RunReference[]>(KEY, []).map((run) => [keyOf(run), run]));
    setContext(Context.chosen, this.runs.size);
  }

  /** In the order in which they were chosen. */
  get all(): RunReference[] {
    return [...this.runs.values()];
  }

  has(run: RunReference): boolean {
    return this.runs.has(keyOf(run));
  }

  set(runs: RunReference[], chosen: boolean): void {
    const changing = runs.filter((run) => this.has(run) !== chosen);
    if (changing.length === 0) return;
    for (const { root, id } of changing) {
      if (chosen) this.runs.set(keyOf({ root, id }), { root, id });
      else this.runs.delete(keyOf({ root, id }));
    }
    void this.memory.update(KEY, this.all);
    setContext(Context.chosen, this.runs.size);
    this.changed.fire(changing);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

const keyOf = ({ root, id }: RunReference) => `${root}\n${id}`;
