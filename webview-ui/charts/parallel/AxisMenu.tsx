import { MenuButton, type MenuItem } from "../../base/Menu";
import { showText } from "../../base/numbers";
import type { PlacedAxis } from "./parallel";

export interface AxisMenuProps {
  axis: PlacedAxis;
  /** Its place, and how many there are. */
  at: number;
  count: number;
  isBrushed: boolean;
  onMove(by: -1 | 1): void;
  onLog(log: boolean): void;
  onClear(): void;
  onRemove(): void;
}

/** The name of an axis; it opens what can be done with it. */
export function AxisMenu({ axis, at, count, isBrushed, onMove, onLog, onClear, onRemove }: AxisMenuProps) {
  const { column, log, x, room } = axis;
  const width = Math.min(200, Math.max(60, room - 6));
  const name = showText(column.label, 60);
  const items = (): MenuItem[] => [
    { label: "Clear Brush", off: !isBrushed, run: onClear },
    ...(column.words ? [] : [{ label: "Logarithmic", checked: log, run: () => onLog(!log) }]),
    "separator",
    { label: "Move Left", off: at === 0, run: () => onMove(-1) },
    { label: "Move Right", off: at === count - 1, run: () => onMove(1) },
    { label: "Remove", off: count === 1, run: onRemove },
  ];
  return (
    <div className="axis-menu" style={{ left: x - width / 2, width }} title={name}>
      <MenuButton label={name} items={items}>
        <span className="axis-name">{name}</span>
      </MenuButton>
    </div>
  );
}
