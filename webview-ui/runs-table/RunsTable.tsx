/** The Runs table, put together: what clicks and keys do. */
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import type { TableAction } from "../../src/protocol/runsTable";
import type { RunsTableState, SavedView } from "../../src/protocol/tableView";
import { Menu, type MenuItem } from "../base/Menu";
import { showText } from "../base/numbers";
import { actionItems } from "./actions";
import { directionOf } from "./better";
import { exactValue, showValue } from "./cellText";
import { columnMenu } from "./columnMenu";
import { titleOf, widthOf } from "./columns";
import { offersFor } from "./conditions";
import { type CopyFormat, writeTable } from "./copy";
import { extension, onFilter, onViewsChanged } from "./extension";
import { Grid } from "./Grid";
import { groupTitle, showGroupCell } from "./groups";
import type { TableLoader } from "./loader";
import { markFrame } from "./measure";
import { cellDomId } from "./Row";
import { StepPrompt } from "./StepPrompt";
import { Toolbar } from "./Toolbar";
import type { Position } from "./useGridKeys";
import { useSelection } from "./useSelection";
import { useTable } from "./useTable";
import { addCondition, moveColumn, nextSort, resizeColumn, showColumn, sortBy, toggleUnfolded } from "./viewState";

export interface RunsTableProps {
  loader: TableLoader;
  state: RunsTableState;
  views: SavedView[];
  without: TableAction[];
}

interface OpenMenu {
  label: string;
  items: MenuItem[];
  at: { left: number; top: number };
}

/** "5 min ago" is brought up to date so often. */
const CLOCK_MS = 30_000;
const RESIZE_BY_KEY = 20;

const isEditable = ({ source, key }: ColumnKey) =>
  source === "tag" || (source === "run" && (key === "name" || key === "note"));

export function RunsTable({ loader, state, views: firstViews, without }: RunsTableProps) {
  const table = useTable(loader, state, state.view!);
  const { data, lines, shown, view, setView, arranged } = table;
  const selection = useSelection(table);
  const [active, setActive] = useState<Position>({ line: 0, column: 0 });
  const [editing, setEditing] = useState<{ place: number; column: string }>();
  const [menu, setMenu] = useState<OpenMenu>();
  const [asking, setAsking] = useState<string>();
  const [message, setMessage] = useState("");
  const [views, setViews] = useState(firstViews);
  const now = useClock();
  const page = useRef<HTMLElement>(null);
  const focusGrid = () => page.current?.querySelector<HTMLElement>(".grid")?.focus();

  useEffect(() => {
    onViewsChanged.add(setViews);
    return () => void onViewsChanged.delete(setViews);
  }, []);

  useEffect(() => {
    const filter = (text: string) => setView((last) => ({ ...last, filter: text }));
    onFilter.add(filter);
    return () => void onFilter.delete(filter);
  }, [setView]);

  useEffect(() => markFrame("modeltrail.rows"), []);

  /** What went wrong stands below the toolbar. */
  async function attempt(work: Promise<unknown>, done = ""): Promise<void> {
    try {
      await work;
      setMessage(done);
    } catch (error) {
      if (error instanceof Error && error.name !== "AbortError" && error.name !== "Canceled") setMessage(error.message);
    }
  }

  const runAt = (place: number): string | undefined => {
    const line = lines[place];
    return line?.kind === "run" ? data.ids[line.row] : undefined;
  };
  const nameOf = (id: string) => String(data.value({ source: "run", key: "name" }, data.rowOf(id) ?? -1) ?? "");

  /** With several runs selected, what is done to one of them is done to all. */
  const runsFor = (id: string) => (selection.ids.has(id) ? selection.inOrder() : [id]);
  const act = (action: TableAction, ids: string[]) => void attempt(extension.call("act", { action, ids }));

  function sort(column: ColumnKey, add: boolean): void {
    const isMore = directionOf(column, view, loader.lessIsBetter) === "more";
    const isTime = column.source === "run" && column.key === "startTime";
    const first = isMore || isTime ? "descending" : "ascending";
    const id = columnId(column);
    setView((last) => sortBy(last, id, nextSort(last, id, first), add));
  }

  function open(place: number, column: number): void {
    const line = lines[place];
    const key = shown[column];
    if (!line || !key) return;
    if (line.kind === "group") setView((last) => toggleUnfolded(last, line.group.key));
    else if (isEditable(key)) setEditing({ place, column: columnId(key) });
  }

  function click(place: number, event: MouseEvent): void {
    const line = lines[place];
    const isCheck = (event.target as Element).closest(".check") !== null;
    if (line?.kind === "group" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      setView((last) => toggleUnfolded(last, line.group.key));
    } else if (event.shiftKey) selection.extend(place);
    else if (isCheck || event.ctrlKey || event.metaKey) selection.toggle(place);
  }

  function edited(row: number, column: ColumnKey, text: string | null): void {
    setEditing(undefined);
    focusGrid();
    const id = data.ids[row]!;
    const before = String(data.value(column, row) ?? "");
    if (text === null || text === before) return;
    if (column.source === "tag") {
      void attempt(extension.call("setTag", { ids: [id], key: column.key, value: text === "" ? null : text }));
    } else if (column.key === "note") void attempt(extension.call("setNote", { id, note: text }));
    else void attempt(extension.call("rename", { id, name: text }));
  }

  function cellMenu(place: number, column: number, at: OpenMenu["at"]): void {
    const line = lines[place];
    const key = shown[column];
    if (!line || !key) return;
    if (line.kind === "group") {
      const ids = line.group.rows.map((row) => data.ids[row]!);
      setMenu({ label: "Group", at, items: actionItems(ids.length, without, (action) => act(action, ids)) });
      return;
    }
    const id = data.ids[line.row]!;
    const ids = runsFor(id);
    const value = data.value(key, line.row);
    const isPinned = data.value({ source: "run", key: "pinned" }, line.row) === 1;
    const isBaseline = view.baseline === id;
    const offers = offersFor(key, value).map(
      ({ label, condition }): MenuItem => ({
        label,
        run: () => setView((last) => ({ ...last, filter: addCondition(last.filter, condition) })),
      }),
    );
    const items: MenuItem[] = [
      ...offers,
      ...(offers.length > 0 ? (["separator"] as const) : []),
      ...(isEditable(key) ? [{ label: "Edit", hint: "F2", run: () => open(place, column) }] : []),
      { label: "Copy Value", run: () => void attempt(extension.call("copy", { text: exactValue(key, value) })) },
      {
        label: "Compare with This Run as Baseline",
        checked: isBaseline,
        hint: "B",
        run: () => setView((last) => ({ ...last, baseline: isBaseline ? null : id })),
      },
      {
        label: isPinned ? "Unpin Run" : "Pin Run",
        hint: "P",
        run: () => void attempt(extension.call("setPinned", { ids, pinned: !isPinned })),
      },
      "separator",
      ...actionItems(ids.length, without, (action) => act(action, ids)),
    ];
    setMenu({ label: nameOf(id), at, items });
  }

  function headingMenu(column: ColumnKey, at: OpenMenu["at"]): void {
    setMenu({ label: titleOf(column), at, items: columnMenu(table, column, () => setAsking(column.key)) });
  }

  function menuByKey(): void {
    const cell = document.getElementById(cellDomId(active.line, active.column))?.getBoundingClientRect();
    const at = { left: cell?.left ?? 40, top: cell?.bottom ?? 40 };
    const column = shown[active.column];
    if (active.line >= 0) cellMenu(active.line, active.column, at);
    else if (column) headingMenu(column, at);
  }

  /** Alt with an arrow moves the column, with Shift as well it makes it wider or narrower. */
  function arrangeByKey(event: KeyboardEvent): boolean {
    const column = shown[active.column];
    if (!column || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
    const id = columnId(column);
    const isRight = event.key === "ArrowRight";
    if (event.shiftKey) {
      const width = widthOf(column, view) + (isRight ? RESIZE_BY_KEY : -RESIZE_BY_KEY);
      setView((last) => resizeColumn(last, id, width));
      return true;
    }
    const target = shown[isRight ? active.column + 2 : active.column - 1];
    if (!isRight && !target) return true;
    setView((last) => moveColumn(last, arranged, id, target && columnId(target)));
    setActive({ ...active, column: Math.max(0, Math.min(shown.length - 1, active.column + (isRight ? 1 : -1))) });
    return true;
  }

  /** Keys that act on the run that the keys are at. */
  const runKeys: Record<string, (id: string) => void> = {
    " ": () => selection.toggle(active.line),
    F2: () => open(active.line, active.column),
    b: (id) => setView((last) => ({ ...last, baseline: last.baseline === id ? null : id })),
    p(id) {
      const row = data.rowOf(id)!;
      const pinned = data.value({ source: "run", key: "pinned" }, row) !== 1;
      void attempt(extension.call("setPinned", { ids: runsFor(id), pinned }));
    },
    Delete: (id) => act("delete", runsFor(id)),
  };

  function key(event: KeyboardEvent): boolean {
    const command = event.ctrlKey || event.metaKey;
    if (event.altKey) return arrangeByKey(event);
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) menuByKey();
    else if (command && event.key.toLowerCase() === "a") selection.all();
    else if (command && event.key.toLowerCase() === "c") copy("text");
    else if (event.key === "/" && !command) page.current?.querySelector<HTMLElement>(".filter input")?.focus();
    else if (event.key === "Escape") selection.clear();
    else if (command) return false;
    else if (active.line < 0) return headingKey(event);
    else return lineKey(event);
    return true;
  }

  function headingKey({ key: pressed, shiftKey }: KeyboardEvent): boolean {
    const column = shown[active.column];
    if (!column || (pressed !== "Enter" && pressed !== " ")) return false;
    sort(column, shiftKey);
    return true;
  }

  function lineKey({ key: pressed }: KeyboardEvent): boolean {
    const id = runAt(active.line);
    if (pressed === "Enter") open(active.line, active.column);
    else if (pressed === " ") selection.toggle(active.line);
    else if (id !== undefined && Object.hasOwn(runKeys, pressed)) runKeys[pressed]!(id);
    else return false;
    return true;
  }

  /** The selected runs, or all that are shown, with the columns that are shown. */
  function copy(format: CopyFormat): void {
    const chosen = lines.filter((line) => {
      if (selection.ids.size === 0) return true;
      return line.kind === "run" && selection.ids.has(data.ids[line.row]!);
    });
    const cells = chosen.map((line) =>
      shown.map((column, at) => {
        if (line.kind === "run") {
          const value = data.value(column, line.row);
          return format === "latex" || format === "markdown"
            ? showValue(column, value, now)
            : exactValue(column, value);
        }
        return at === 0 ? groupTitle(line.group, now) : showGroupCell(data, column, line.group.rows, now);
      }),
    );
    const text = writeTable({ heading: shown.map(titleOf), rows: cells }, format);
    void attempt(extension.call("copy", { text }), `Copied ${chosen.length} ${chosen.length === 1 ? "row" : "rows"}.`);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: of the table what headings show.
  const heading = useMemo(
    () => ({
      onSort: sort,
      onMenu: headingMenu,
      onResize: (column: ColumnKey, width: number) => setView((last) => resizeColumn(last, columnId(column), width)),
      onMove: (id: string, before: ColumnKey) => setView((last) => moveColumn(last, arranged, id, columnId(before))),
    }),
    [view, shown, arranged, loader.lessIsBetter],
  );
  const onEdited = useLatest(edited);
  const isFiltered = view.filter.trim() !== "" && data.liveRows().length > 0;

  return (
    <main ref={page} className="page">
      <h1 className="unseen">Runs of {state.title}</h1>
      <Toolbar
        table={table}
        views={views}
        selected={selection.ids.size}
        without={without}
        onAct={(action) => act(action, selection.inOrder())}
        onCopy={copy}
        onClearSelection={selection.clear}
        onSave={() =>
          void attempt(
            extension.call("saveView", { view }).then((saved) => {
              if (saved) setViews(saved);
            }),
          )
        }
        onDelete={(name) => void attempt(extension.call("deleteView", { name }).then(setViews))}
        onLeaveFilter={focusGrid}
      />
      <div className="message" role="status">
        {showText(loader.fault ?? message)}
        {loader.fault !== undefined && (
          <button type="button" className="tool" onClick={() => loader.tryAgain()}>
            Try Again
          </button>
        )}
      </div>
      {lines.length === 0 && data.whole && <Empty isFiltered={isFiltered} />}
      <Grid
        table={table}
        selected={selection.ids}
        active={active}
        editing={editing}
        now={now}
        label={`Runs of ${state.title}`}
        onActive={(position, extend?: boolean) => {
          setActive(position);
          if (extend && position.line >= 0 && position.line !== active.line) selection.extend(position.line);
        }}
        onKey={key}
        onRowClick={click}
        onRowOpen={open}
        onRowMenu={cellMenu}
        onEdited={onEdited}
        heading={heading}
      />
      {menu && <Menu {...menu} onClose={() => setMenu(undefined)} />}
      {asking !== undefined && (
        <StepPrompt
          metric={asking}
          onDone={(step) => {
            setAsking(undefined);
            focusGrid();
            if (step === null) return;
            setView((last) => showColumn(last, columnId({ source: "metric", key: asking, aspect: step }), true));
          }}
        />
      )}
    </main>
  );
}

const Empty = ({ isFiltered }: { isFiltered: boolean }) => (
  <p className="empty">
    {isFiltered ? "No run fits the filter." : "There are no runs here yet. Press Run on a script to record one."}
  </p>
);

function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A function that keeps its identity and does what the latest one does. */
function useLatest<Given extends unknown[]>(latest: (...given: Given) => void): (...given: Given) => void {
  const ref = useRef(latest);
  ref.current = latest;
  return useMemo(
    () =>
      (...given: Given) =>
        ref.current(...given),
    [],
  );
}
