/**
 * Paces how often running runs are shown anew. VS Code takes the tooltip away from a row that is refreshed, and shows one
 * only after the pointer has rested on the row for half a second: refreshed at each change, such rows would never have one.
 */
import type { Node, RunNode } from "./nodes";

/** A running run is shown anew so often at the most, */
const PACE_MS = 1_000;
/** and not for so long after somebody asked for a tooltip of it, or of what is below it. */
const READING_MS = 4_000;

export class RefreshPacer {
  /** When running runs may be shown anew, by the ids of their nodes. */
  private readonly due = new Map<string, number>();
  private readonly waiting = new Map<string, Node>();
  private timer: NodeJS.Timeout | undefined;

  /** `show` is told of nodes to be shown anew with what is below them; undefined: all. */
  constructor(private readonly show: (nodes: Node[] | undefined) => void) {}

  refresh(nodes: Node[] | undefined): void {
    if (nodes === undefined) {
      this.due.clear();
      this.waiting.clear();
      this.show(undefined);
    } else {
      for (const node of nodes) this.waiting.set(node.id, node);
      this.showDue();
    }
  }

  /** Somebody reads a tooltip of this run. */
  noteReading({ id }: RunNode): void {
    this.due.set(id, Math.max(this.due.get(id) ?? 0, Date.now() + READING_MS));
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private showDue(): void {
    const now = Date.now();
    const ready = [...this.waiting.values()].filter((node) => this.dueTime(node) <= now);
    for (const node of ready) {
      this.waiting.delete(node.id);
      if (isRunning(node)) this.due.set(node.id, now + PACE_MS);
      else this.due.delete(node.id);
    }
    clearTimeout(this.timer);
    const next = Math.min(...[...this.waiting.values()].map((node) => this.dueTime(node)));
    if (next < Number.POSITIVE_INFINITY) this.timer = setTimeout(() => this.showDue(), next - now);
    if (ready.length > 0) this.show(ready);
  }

  /** What is not running is shown at once: the end of a run above all. */
  private dueTime(node: Node): number {
    return isRunning(node) ? (this.due.get(node.id) ?? 0) : 0;
  }
}

const isRunning = (node: Node) => node.kind === "run" && node.run.status === "running";
