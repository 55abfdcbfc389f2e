/** Which columns are shown: found by name, checked one by one. */
import { useState } from "react";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import { showText } from "../base/numbers";
import { SOURCE_TITLES, titleOf } from "./columns";
import type { Table } from "./useTable";
import { showColumn } from "./viewState";

/** More are found by typing. */
const MOST_LISTED = 200;

export function ColumnsPanel({ table }: { table: Table }) {
  const { arranged, shown, view, setView } = table;
  const [search, setSearch] = useState("");
  const words = search.toLowerCase().split(/\s+/);
  const wording = (column: ColumnKey) => `${SOURCE_TITLES[column.source]} ${titleOf(column)}`.toLowerCase();
  const found = arranged.filter((column) => words.every((word) => wording(column).includes(word)));
  const isShown = new Set(shown.map(columnId));
  const isChanged = view.shown.length + view.hidden.length + view.order.length > 0;
  return (
    <div className="columns-panel">
      <input
        className="search"
        aria-label="Find a column"
        placeholder="Find a column"
        spellCheck={false}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <label className="choice">
        <input
          type="checkbox"
          checked={!view.whole}
          onChange={({ currentTarget }) => setView((now) => ({ ...now, whole: !currentTarget.checked }))}
        />
        Only what differs
      </label>
      <fieldset>
        <legend className="unseen">Columns</legend>
        {found.slice(0, MOST_LISTED).map((column) => {
          const id = columnId(column);
          return (
            <label key={id} className="choice">
              <input
                type="checkbox"
                checked={isShown.has(id)}
                onChange={({ currentTarget: { checked } }) => setView((now) => showColumn(now, id, checked))}
              />
              {column.source !== "run" && <span className="source">{SOURCE_TITLES[column.source]} </span>}
              <span className="choice-text">{showText(titleOf(column), 120)}</span>
            </label>
          );
        })}
      </fieldset>
      {found.length > MOST_LISTED && <p className="note">{found.length - MOST_LISTED} more: type to find them.</p>}
      {found.length === 0 && <p className="note">No column has this name.</p>}
      {isChanged && (
        <button
          type="button"
          className="tool"
          onClick={() => setView((now) => ({ ...now, shown: [], hidden: [], order: [] }))}
        >
          Show the Usual Columns
        </button>
      )}
    </div>
  );
}
