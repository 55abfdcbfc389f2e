import type { CellExecution } from "../../domain/cells";
import type { Store } from "../contract";

const PAGE = 1_000;

/** All executions of a run, in their order, read page by page. */
export function* allCells({ cells }: Pick<Store, "cells">, run: string): Generator<CellExecution> {
  for (let cursor: string | undefined; ; ) {
    const page = cells.list(run, { limit: PAGE, cursor });
    yield* page.cells;
    if (page.next === null) return;
    cursor = page.next;
  }
}
