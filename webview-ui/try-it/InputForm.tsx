import { showText } from "../base/numbers";
import { Button } from "../controls";
import { type CellFault, hintOf, isNumeric, MOST_ROWS, type Table } from "./table";

export interface InputFormProps {
  table: Table;
  faults: CellFault[];
  onChange(table: Table): void;
}

/** One row: a field for each column. Several: a table. */
export function InputForm({ table, faults, onChange }: InputFormProps) {
  const { columns, rows } = table;
  const set = (row: number, column: number, text: string) =>
    onChange({ ...table, rows: rows.map((cells, at) => (at === row ? cells.with(column, { text }) : cells)) });
  const add = () => onChange({ ...table, rows: [...rows, [...rows.at(-1)!]] });
  const remove = (row: number) => onChange({ ...table, rows: rows.filter((_, at) => at !== row) });
  const cell = (row: number, column: number) => (
    <Cell table={table} row={row} column={column} fault={faultAt(faults, row, column)} onChange={set} />
  );

  return (
    <>
      {rows.length === 1 ? (
        <div className="fields">
          {columns.map((column, at) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the control is in the cell.
            <label key={column.name} className="field">
              <span className="column">{showText(column.name)}</span>
              {cell(0, at)}
              <span className="hint">{hintOf(column)}</span>
            </label>
          ))}
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard.
        <section className="rows" aria-label="Rows of the input" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.name} scope="col" title={hintOf(column)}>
                    {showText(column.name)}
                  </th>
                ))}
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.map((_, row) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place.
                <tr key={row}>
                  {columns.map((column, at) => (
                    <td key={column.name}>{cell(row, at)}</td>
                  ))}
                  <td>
                    <Button kind="icon" label={`Remove row ${row + 1}`} onClick={() => remove(row)}>
                      ✕
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <Button off={rows.length >= MOST_ROWS} onClick={add}>
        Add Row
      </Button>
    </>
  );
}

interface CellProps {
  table: Table;
  row: number;
  column: number;
  fault: string | undefined;
  onChange(row: number, column: number, text: string): void;
}

function Cell({ table, row, column, fault, onChange }: CellProps) {
  const { name, type } = table.columns[column]!;
  const value = table.rows[row]![column]?.text ?? "";
  const label = table.rows.length === 1 ? name : `${name}, row ${row + 1}`;
  const common = {
    "aria-label": showText(label),
    "aria-invalid": fault !== undefined,
    title: fault === undefined ? undefined : `This takes ${fault}.`,
    value,
  };
  if (type === "boolean") {
    return (
      <select {...common} onChange={({ target }) => onChange(row, column, target.value)}>
        <option value="true">true</option>
        <option value="false">false</option>
        <option value="">empty</option>
      </select>
    );
  }
  return (
    <>
      <input
        {...common}
        inputMode={isNumeric(type) ? "decimal" : "text"}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => onChange(row, column, target.value)}
      />
      {fault !== undefined && <span className="fault">Takes {fault}</span>}
    </>
  );
}

const faultAt = (faults: readonly CellFault[], row: number, column: number) =>
  faults.find((fault) => fault.row === row && fault.column === column)?.message;
