import type { Preview } from "../../src/protocol/preview";
import { showText } from "../base/numbers";

type TablePreview = Extract<Preview, { kind: "table" }>;

/** The first rows of a table. */
export function TableView({ name, preview: { columns, rows, cut, faults } }: { name: string; preview: TablePreview }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled can be reached by keys.
    <section className="preview-scroll" tabIndex={0} aria-label={name}>
      <table className="preview-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {showText(column, 60)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing but their place.
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={columns[column]}>{showText(cell ?? "", 120)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {cut && <p className="preview-note">There is more than these {rows.length} rows.</p>}
      {faults.map((fault) => (
        <p key={fault} className="preview-note">
          {fault}
        </p>
      ))}
    </section>
  );
}
