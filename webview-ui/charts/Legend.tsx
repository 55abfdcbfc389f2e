import type { RunStatus } from "../../src/domain/run";
import { showText } from "../base/numbers";
import { highlighted } from "./shared";

export interface LegendEntry {
  id: string;
  label: string;
  colour: string;
  dash: readonly number[];
  /** Of a run; a group has the number of its runs. */
  status?: RunStatus;
  runs?: number;
}

export interface LegendProps {
  entries: readonly LegendEntry[];
  hidden: readonly string[];
  onHidden(hidden: string[]): void;
  /** Absent for groups. */
  onOpen?(id: string): void;
}

/** All runs or groups: which of them show, and which look is whose. */
export function Legend({ entries, hidden, onHidden, onOpen }: LegendProps) {
  const off = new Set(hidden);
  const allShow = entries.every(({ id }) => !off.has(id));
  const toggle = (id: string) => onHidden(off.has(id) ? hidden.filter((other) => other !== id) : [...hidden, id]);
  return (
    <aside className="legend" aria-label="Legend">
      <label className="legend-all">
        <input
          type="checkbox"
          checked={allShow}
          ref={(element) => {
            if (element) element.indeterminate = !allShow && off.size < entries.length;
          }}
          onChange={() => onHidden(allShow ? entries.map(({ id }) => id) : [])}
        />
        {entries.length - entries.filter(({ id }) => off.has(id)).length} of {entries.length} shown
      </label>
      <ul>
        {entries.map((entry) => (
          <li
            key={entry.id}
            onPointerEnter={() => highlighted.set(entry.id)}
            onPointerLeave={() => highlighted.set(null)}
            onFocus={() => highlighted.set(entry.id)}
            onBlur={() => highlighted.set(null)}
          >
            <input
              type="checkbox"
              checked={!off.has(entry.id)}
              aria-label={`Show ${showText(entry.label)}`}
              onChange={() => toggle(entry.id)}
            />
            <Swatch colour={entry.colour} dash={entry.dash} />
            {onOpen ? (
              <button type="button" className="legend-name" onClick={() => onOpen(entry.id)} title={titleOf(entry)}>
                {showText(entry.label, 80)}
              </button>
            ) : (
              <span className="legend-name" title={titleOf(entry)}>
                {showText(entry.label, 80)}
              </span>
            )}
            {entry.status && entry.status !== "finished" && <span className="faint">{entry.status}</span>}
            {entry.runs !== undefined && <span className="faint">{entry.runs}</span>}
          </li>
        ))}
      </ul>
    </aside>
  );
}

const titleOf = ({ label, status }: LegendEntry) => (status ? `${showText(label)} (${status})` : showText(label));

/** The line as it is drawn. */
function Swatch({ colour, dash }: Pick<LegendEntry, "colour" | "dash">) {
  return (
    <svg className="line-swatch" viewBox="0 0 22 4" aria-hidden="true">
      <line
        x1="0"
        y1="2"
        x2="22"
        y2="2"
        stroke={colour}
        strokeWidth="2.5"
        strokeDasharray={dash.join(" ") || undefined}
      />
    </svg>
  );
}
