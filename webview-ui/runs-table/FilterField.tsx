/** The filter, completed while it is typed. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { type Completion, complete } from "../../src/domain/query/complete";
import type { ColumnKey } from "../../src/domain/table/columns";
import { showText } from "../base/numbers";
import type { TableData } from "./data";

export interface FilterFieldProps {
  data: TableData;
  value: string;
  fault: string | undefined;
  onChange(value: string): void;
  /** The keys leave for the table. */
  onLeave(): void;
}

/** Texts of a column that are looked at for completion. */
const MOST_TEXTS = 2_000;

export function FilterField({ data, value, fault, onChange, onLeave }: FilterFieldProps) {
  const ref = useRef<HTMLInputElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [chosen, setChosen] = useState(-1);
  const found = useMemo(() => {
    if (cursor === null) return undefined;
    return complete(value, cursor, { columns: data.allColumns(), texts: (column) => textsOf(data, column) });
  }, [data, value, cursor]);
  const options = found?.options ?? [];
  const isOpen = options.length > 0;
  const place = Math.min(chosen, options.length - 1);

  useEffect(() => {
    if (place >= 0) document.getElementById(`option-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [place]);

  function look(): void {
    setCursor(ref.current!.selectionStart);
    setChosen(-1);
  }

  function take({ insert }: Completion): void {
    const from = found!.from;
    const next = value.slice(0, from) + insert + value.slice(cursor!).replace(/^\s/, "");
    const end = from + insert.length;
    // Drawn at once: whoever types on is quicker than the next frame, and would find the cursor in another place.
    flushSync(() => onChange(next));
    ref.current?.setSelectionRange(end, end);
    look();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isMove = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (isMove && cursor === null) look();
    else if (isMove && isOpen) setChosen(cycle(place, event.key === "ArrowDown" ? 1 : -1, options.length));
    else if ((event.key === "Enter" || event.key === "Tab") && place >= 0) take(options[place]!);
    else if (event.key === "Enter") leave();
    else if (event.key === "Escape") giveUp();
    else if (!isMove) return;
    event.preventDefault();
  }

  function leave(): void {
    setCursor(null);
    onLeave();
  }

  /** First the list goes, then the filter. */
  function giveUp(): void {
    if (isOpen) setCursor(null);
    else onChange("");
  }

  return (
    <div className="filter">
      <input
        ref={ref}
        role="combobox"
        aria-label="Filter"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls="filter-options"
        aria-activedescendant={place >= 0 ? `option-${place}` : undefined}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : "filter-fault"}
        placeholder="Filter: metrics.loss < 0.1 and params.model = 'mlp', or words"
        // As a view takes it.
        maxLength={20_000}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value);
          look();
        }}
        onClick={look}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
      />
      {isOpen && (
        <div id="filter-options" role="listbox" aria-label="Completions" className="menu options" tabIndex={-1}>
          {options.map(({ label, insert }, at) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which says what is chosen.
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
            <div
              key={insert}
              id={`option-${at}`}
              role="option"
              aria-selected={at === place}
              className="option"
              // Before the field loses the focus, and the list goes.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(options[at]!)}
            >
              {showText(label, 100)}
            </div>
          ))}
        </div>
      )}
      {fault !== undefined && (
        <div id="filter-fault" role="status" className="fault">
          {showText(fault)}
        </div>
      )}
    </div>
  );
}

const cycle = (place: number, by: number, count: number) =>
  place < 0 && by < 0 ? count - 1 : (place + by + count) % count;

/** The most frequent first. */
function textsOf(data: TableData, column: ColumnKey): string[] {
  const cells = data.cells(column);
  if (cells?.kind !== "text") return [];
  const counts = new Uint32Array(cells.texts.length);
  for (const row of data.liveRows()) {
    const code = cells.codes[row]!;
    if (code > 0) counts[code - 1]!++;
  }
  const places = Array.from(counts.keys()).filter((place) => counts[place]! > 0);
  return places
    .sort((a, b) => counts[b]! - counts[a]!)
    .slice(0, MOST_TEXTS)
    .map((place) => cells.texts[place]!);
}
