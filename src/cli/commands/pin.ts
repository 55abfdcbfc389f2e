/** `modeltrail pin` and `unpin`: runs that no rule frees, and that cannot be deleted. */
import { withStore } from "../open";
import { oneLine, print } from "../print";

export async function pinCommand(references: string[], pinned: boolean): Promise<void> {
  await withStore((store) => {
    const ids = references.map((reference) => store.resolveRun(reference));
    store.setPinned(ids, pinned);
    const names = store.getSummaries(ids).map(({ name, id }) => `${oneLine(name)} (${id.slice(0, 8)})`);
    print(`${pinned ? "Pinned" : "Unpinned"} ${names.join(", ")}.`);
  });
}
