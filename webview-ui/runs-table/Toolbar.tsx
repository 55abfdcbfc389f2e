/** Above the table: the filter, how it is arranged, and what to do with the runs that are selected. */
import { columnId } from "../../src/domain/table/columns";
import type { TableAction } from "../../src/protocol/runsTable";
import { DEFAULT_TABLE_VIEW, type SavedView, type TableView } from "../../src/protocol/tableView";
import { MenuButton, type MenuItem, PanelButton } from "../base/Menu";
import { showText } from "../base/numbers";
import { ACTIONS, actionItems, actionsFor } from "./actions";
import { ColumnsPanel } from "./ColumnsPanel";
import { titleOf } from "./columns";
import { COPY_FORMATS, type CopyFormat } from "./copy";
import { FilterField } from "./FilterField";
import type { Table } from "./useTable";
import { toggleGroup } from "./viewState";

export interface ToolbarProps {
  table: Table;
  views: readonly SavedView[];
  selected: number;
  without: readonly TableAction[];
  onAct(action: TableAction): void;
  onCopy(format: CopyFormat): void;
  onClearSelection(): void;
  onSave(name?: string): void;
  onDelete(name: string): void;
  onLeaveFilter(): void;
}

const COPY_TITLES: Record<CopyFormat, string> = { text: "Text", csv: "CSV", markdown: "Markdown", latex: "LaTeX" };
/** Actions that have a button of their own. */
const MAIN: TableAction[] = ["showDifferences", "openSideBySide", "compareCode", "openCharts"];

export function Toolbar(props: ToolbarProps) {
  const { table, selected, without } = props;
  const { view, setView, data, filter } = table;
  return (
    <div className="toolbar" role="toolbar" aria-label="Table">
      <FilterField
        data={data}
        value={view.filter}
        fault={filter.fault}
        onChange={(text) => setView((now) => ({ ...now, filter: text }))}
        onLeave={props.onLeaveFilter}
      />
      <PanelButton label="Columns">
        <ColumnsPanel table={table} />
      </PanelButton>
      <MenuButton label="Group" items={() => groupItems(table)} />
      <button
        type="button"
        className="tool"
        aria-pressed={view.heat}
        onClick={() => setView((now) => ({ ...now, heat: !now.heat }))}
      >
        Heat
      </button>
      <MenuButton label="Views" items={() => viewItems(props)} />
      <MenuButton
        label="Copy"
        items={() => COPY_FORMATS.map((format) => ({ label: COPY_TITLES[format], run: () => props.onCopy(format) }))}
      />
      <Count table={table} />
      {selected > 0 && (
        <section className="selection" aria-label="Selected runs">
          <span>{selected} selected</span>
          {actionsFor(selected, without)
            .filter((action) => MAIN.includes(action))
            .map((action) => (
              <button key={action} type="button" className="tool" onClick={() => props.onAct(action)}>
                {ACTIONS[action].label}
              </button>
            ))}
          <MenuButton
            label="More"
            items={() => actionItems(selected, [...without, ...MAIN], props.onAct).concat(clearItem(props))}
          />
        </section>
      )}
    </div>
  );
}

const clearItem = ({ onClearSelection }: ToolbarProps): MenuItem[] => [
  "separator",
  { label: "Select None", hint: "Esc", run: onClearSelection },
];

function Count({ table: { data, rows, view } }: Pick<ToolbarProps, "table">) {
  const total = data.whole ? data.total : undefined;
  const count = (number: number) => number.toLocaleString();
  const runs = (number: number) => (number === 1 ? "1 run" : `${count(number)} runs`);
  const shown = data.liveRows().length;
  const isFiltered = view.filter.trim() !== "";
  return (
    <span className="count-all" role="status">
      {isFiltered ? `${count(rows.length)} of ${runs(shown)}` : runs(total ?? shown)}
      {total !== undefined && total > shown && `, the newest ${count(shown)} shown`}
    </span>
  );
}

function groupItems({ view, setView, arranged, data }: Table): MenuItem[] {
  const most = 40;
  const groupable = arranged.filter(
    (column) => column.source !== "metric" && data.cells(column)?.kind === "text" && columnId(column) !== "run:name",
  );
  const chosen = arranged.filter((column) => view.groups.includes(columnId(column)));
  const others = groupable.filter((column) => !view.groups.includes(columnId(column))).slice(0, most);
  const items = [...chosen, ...others].map((column): MenuItem => {
    const id = columnId(column);
    return {
      label: showText(titleOf(column), 80),
      checked: view.groups.includes(id),
      run: () => setView((now) => toggleGroup(now, id)),
    };
  });
  const none: MenuItem = {
    label: "Do Not Group",
    off: view.groups.length === 0,
    run: () => setView((now) => ({ ...now, groups: [], unfolded: [] })),
  };
  return [none, "separator", ...items];
}

function viewItems({ table, views, onSave, onDelete }: ToolbarProps): MenuItem[] {
  const use = (view: TableView) => table.setView(() => view);
  const items: MenuItem[] = [
    { label: "Save View…", run: () => onSave() },
    { label: "Reset View", run: () => use(DEFAULT_TABLE_VIEW) },
  ];
  if (views.length === 0) return items;
  return [
    ...items,
    "separator",
    { heading: "Saved views" },
    ...views.map(({ name, view }): MenuItem => ({ label: showText(name, 80), run: () => use(view) })),
    "separator",
    ...views.map(({ name }): MenuItem => ({ label: `Delete ${showText(name, 80)}`, run: () => onDelete(name) })),
  ];
}
