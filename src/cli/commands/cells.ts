/** `modeltrail cells RUN [ORDINAL]` */
import { readFileSync } from "node:fs";
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { allCells } from "../../store/cells/all";
import type { Store } from "../../store/contract";
import { objectPath } from "../../store/objects";
import { cellTable } from "../cellTable";
import { withStore } from "../open";
import { print } from "../print";

export async function cellsCommand(
  reference: string,
  ordinal: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  await withStore((store) => {
    const id = store.resolveRun(reference);
    if (ordinal !== undefined) return showCell(store, id, ordinal, options);
    const cells = [...allCells(store, id)];
    if (options.json) print(toJson(cells, 2));
    else print(cells.length === 0 ? "This run is of no notebook, or no cell of it ran." : cellTable(cells));
  });
}

function showCell(store: Store, id: string, ordinal: string, { json }: { json?: boolean }): void {
  const cell = store.cells.get(id, Number(ordinal));
  if (!cell) {
    const { total } = store.cells.list(id, { limit: 1 });
    throw new UserError(
      `The run has no execution ${ordinal}: ${total} cells ran. List them with modeltrail cells RUN.`,
    );
  }
  const text = readFileSync(objectPath(store.folder, cell.source), "utf8");
  print(json ? toJson({ ...cell, text }, 2) : text);
}
