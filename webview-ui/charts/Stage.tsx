import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo, useState } from "react";
import { showText } from "../base/numbers";
import { Picture, type Size } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { highlighted, useShared } from "./shared";

/** Something of a picture that can be read: a point, a bar, a line. */
export interface Item {
  /** Of the run, or the label of the group. */
  id: string;
  /** Where its values stand beside, CSS pixels. */
  x: number;
  y: number;
  heading: string;
  /** Names and values. */
  rows: readonly (readonly [string, string])[];
}

export interface StageProps {
  /** What the picture shows, in words, with what the keys do. */
  label: string;
  size: Size;
  draw(pen: Pen): void;
  /** In the order in which the keys lead through them. */
  items: readonly Item[];
  /** The item at a point of the picture; absent: the nearest one within reach. */
  itemAt?(x: number, y: number): Item | undefined;
  /** Draws what tells the item that is read from the others. */
  mark(pen: Pen, item: Item): void;
  /** Absent: items cannot be opened. */
  onOpen?(item: Item): void;
  /** Over the picture. */
  children?: ReactNode;
}

const REACH = 14;

/** A picture whose items are read with the pointer or the arrow keys. */
export function Stage({ label, size, draw, items, itemAt, mark, onOpen, children }: StageProps) {
  const current = useShared(highlighted);
  const [isHere, setIsHere] = useState(false);
  const item = current === null ? undefined : items.find(({ id }) => id === current);
  const drawMark = useMemo(
    () => (pen: Pen) => {
      if (item) mark(pen, item);
    },
    [item, mark],
  );

  function point(event: PointerEvent<HTMLElement>): void {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const found = itemAt ? itemAt(x, y) : nearestOf(items, x, y);
    setIsHere(true);
    highlighted.set(found?.id ?? null);
  }

  function leave(): void {
    setIsHere(false);
    highlighted.set(null);
  }

  function key(event: KeyboardEvent<HTMLElement>): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && item) onOpen?.(item);
    else if (event.key === "Escape") leave();
    else {
      const next = nextPlace(event.key, item ? items.indexOf(item) : -1, items.length);
      if (next === undefined) return;
      setIsHere(true);
      highlighted.set(items[next]?.id ?? null);
    }
    event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: no element of HTML is a chart.
    <div
      role="group"
      className={onOpen && item && isHere ? "plot opens" : "plot"}
      aria-roledescription="chart"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved in with the keys.
      tabIndex={0}
      data-items={items.length}
      style={size}
      onPointerMove={point}
      onPointerLeave={leave}
      onBlur={leave}
      onKeyDown={key}
      onClick={() => {
        if (item && isHere) onOpen?.(item);
      }}
    >
      <Picture size={size} draw={draw} />
      <Picture size={size} draw={drawMark} overlay />
      {children}
      <ItemReadout item={isHere ? item : undefined} size={size} />
    </div>
  );
}

function ItemReadout({ item, size }: { item: Item | undefined; size: Size }) {
  if (!item) return <div className="unseen" role="status" />;
  const { x, y, heading, rows } = item;
  const beside = x < size.width / 2 ? { left: x + 14 } : { right: size.width - x + 14 };
  const above = y < size.height / 2 ? { top: Math.max(4, y - 12) } : { top: "auto", bottom: size.height - y - 12 };
  return (
    <div className="readout" role="status" style={{ ...beside, ...above }}>
      <div className="readout-x">{showText(heading, 80)}</div>
      {rows.map(([name, value]) => (
        <div key={name} className="readout-row">
          <span className="readout-name">{showText(name, 60)}</span>
          <span className="readout-value">{value}</span>
        </div>
      ))}
    </div>
  );
}

function nextPlace(key: string, now: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(count - 1, now + 1);
    case "ArrowLeft":
    case "ArrowUp":
      return now < 0 ? count - 1 : Math.max(0, now - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

export function nearestOf(items: readonly Item[], x: number, y: number): Item | undefined {
  let [best, least]: [Item | undefined, number] = [undefined, REACH];
  for (const item of items) {
    const distance = Math.hypot(item.x - x, item.y - y);
    if (distance <= least) [best, least] = [item, distance];
  }
  return best;
}
