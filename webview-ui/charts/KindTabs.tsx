import type { KeyboardEvent } from "react";
import type { ChartKind } from "../../src/protocol/chartsState";

export const KINDS: readonly { kind: ChartKind; label: string }[] = [
  { kind: "curves", label: "Curves" },
  { kind: "scatter", label: "Scatter" },
  { kind: "parallel", label: "Parallel Coordinates" },
  { kind: "bars", label: "Bars and Boxes" },
  { kind: "importance", label: "Importance" },
];

export interface KindTabsProps {
  kind: ChartKind;
  onKind(kind: ChartKind): void;
}

/** Which kind of chart shows; the arrow keys lead from one to the next. */
export function KindTabs({ kind, onKind }: KindTabsProps) {
  function key(event: KeyboardEvent<HTMLElement>): void {
    const now = KINDS.findIndex((one) => one.kind === kind);
    const next = {
      ArrowRight: (now + 1) % KINDS.length,
      ArrowLeft: (now + KINDS.length - 1) % KINDS.length,
      Home: 0,
      End: KINDS.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onKind(KINDS[next]!.kind);
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  }

  return (
    <div className="kinds" role="tablist" aria-label="Kinds of charts" onKeyDown={key} tabIndex={-1}>
      {KINDS.map((one) => (
        <button
          key={one.kind}
          type="button"
          role="tab"
          id={`kind-${one.kind}`}
          className="kind"
          aria-selected={one.kind === kind}
          aria-controls="kind-panel"
          tabIndex={one.kind === kind ? 0 : -1}
          onClick={() => onKind(one.kind)}
        >
          {one.label}
        </button>
      ))}
    </div>
  );
}
