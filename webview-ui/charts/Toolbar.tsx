import { useId } from "react";
import type { ChartsView } from "../../src/protocol/chartsState";
import { Button, Dropdown, TextField } from "../controls";

export interface ToolbarProps {
  view: ChartsView;
  groupings: readonly { value: string; label: string }[];
  onView(change: Partial<ChartsView>): void;
}

const AXES = [
  { value: "step", label: "Step" },
  { value: "relative", label: "Time Since Start" },
  { value: "wall", label: "Date and Time" },
] as const;
const COLUMNS = [0, 1, 2, 3, 4].map((count) => ({ value: String(count), label: count === 0 ? "Fit" : String(count) }));

/** How the curves are drawn, for all charts. */
export function Toolbar({ view, groupings, onView }: ToolbarProps) {
  const id = useId();
  const groups = [{ value: "", label: "Each Run" }, ...groupings];
  return (
    <div className="bar" role="toolbar" aria-label="Charts">
      <span className="field">
        <label htmlFor={`${id}-filter`}>Metrics</label>
        <TextField
          id={`${id}-filter`}
          label="Metrics"
          describedBy={[]}
          placeholder="Filter by name"
          value={view.filter}
          onChange={(filter) => onView({ filter })}
        />
      </span>
      <span className="field">
        <label htmlFor={`${id}-axis`}>Over</label>
        <Dropdown
          id={`${id}-axis`}
          label="Over"
          describedBy={[]}
          value={view.axis}
          options={AXES}
          // Another axis has other numbers.
          onChange={(axis) => onView({ axis: axis as ChartsView["axis"], range: null })}
        />
      </span>
      <span className="field">
        <label htmlFor={`${id}-group`}>Curves</label>
        <Dropdown
          id={`${id}-group`}
          label="Curves"
          describedBy={[]}
          value={view.group ?? ""}
          options={groups}
          onChange={(group) => onView({ group: group || null, hidden: [] })}
        />
      </span>
      <span className="field">
        <label htmlFor={`${id}-smooth`}>Smoothing</label>
        <input
          id={`${id}-smooth`}
          type="range"
          min={0}
          max={0.999}
          step={0.001}
          value={view.smoothing}
          onChange={({ target }) => onView({ smoothing: Number(target.value) })}
        />
        <output htmlFor={`${id}-smooth`}>{view.smoothing.toFixed(3).replace(/0+$|\.0+$/, "") || "0"}</output>
      </span>
      <label className="field">
        <input
          type="checkbox"
          checked={view.logX}
          onChange={({ target }) => onView({ logX: target.checked, range: null })}
        />
        Log X
      </label>
      <label className="field">
        <input type="checkbox" checked={view.logY} onChange={({ target }) => onView({ logY: target.checked })} />
        Log Y
      </label>
      <span className="field">
        <label htmlFor={`${id}-columns`}>Columns</label>
        <Dropdown
          id={`${id}-columns`}
          label="Columns"
          describedBy={[]}
          value={String(view.columns)}
          options={COLUMNS}
          onChange={(columns) => onView({ columns: Number(columns) })}
        />
      </span>
      <Button off={view.range === null} onClick={() => onView({ range: null })}>
        Show All
      </Button>
    </div>
  );
}
