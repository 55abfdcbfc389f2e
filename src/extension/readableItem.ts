/** Elements of the views as they may be shown. */
import type { TreeItem } from "vscode";
import { oneLine } from "../domain/oneLine";

/** Names and values are the user's: none of them hides or turns around what else an item says. */
export function readable<Item extends TreeItem>(item: Item): Item {
  if (typeof item.label === "string") item.label = oneLine(item.label);
  if (typeof item.description === "string") item.description = oneLine(item.description);
  const { accessibilityInformation: told } = item;
  if (told) item.accessibilityInformation = { ...told, label: oneLine(told.label, 1_000) };
  return item;
}
