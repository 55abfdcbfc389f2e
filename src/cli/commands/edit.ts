/** `modeltrail rename`, `tag`, `note`, `rm` and `restore-run`: changes to what is recorded. */
import type { Store } from "../../store/contract";
import { withStore } from "../open";
import { oneLine, print } from "../print";
import { parseTag } from "../tag";

export async function renameCommand(reference: string, name: string): Promise<void> {
  await withStore((store) => {
    const id = store.resolveRun(reference);
    store.renameRun(id, name);
    print(`Renamed to ${label(store, id)}.`);
  });
}

/** A tag with nothing behind the equals sign is removed. */
export async function tagCommand(reference: string, tags: string[]): Promise<void> {
  const changes = tags.map(parseTag);
  await withStore((store) => {
    const id = store.resolveRun(reference);
    for (const [key, value] of changes) store.setTag(id, key, value === "" ? null : value);
    const left = Object.entries(store.getSummaries([id])[0]!.tags).map(([key, value]) => `${key}=${value}`);
    print(`${label(store, id)}: ${left.length > 0 ? oneLine(left.join(" ")) : "no tags"}`);
  });
}

export async function noteCommand(reference: string, note: string): Promise<void> {
  await withStore((store) => {
    const id = store.resolveRun(reference);
    store.setNote(id, note);
    print(`${note === "" ? "Removed the note of" : "Noted for"} ${label(store, id)}.`);
  });
}

export async function removeCommand(references: string[]): Promise<void> {
  await withStore((store) => {
    const ids = references.map((reference) => store.resolveRun(reference));
    const labels = ids.map((id) => label(store, id));
    store.deleteRuns(ids);
    print(`Deleted ${labels.join(", ")}.`);
    print(`To get back: modeltrail restore-run ${ids.map((id) => id.slice(0, 8)).join(" ")}`);
  });
}

export async function restoreCommand(references: string[]): Promise<void> {
  await withStore((store) => {
    const ids = references.map((reference) => store.resolveRun(reference, { deleted: true }));
    store.restoreRuns(ids);
    print(`Restored ${ids.map((id) => label(store, id)).join(", ")}.`);
  });
}

function label(store: Store, id: string): string {
  return `${oneLine(store.getSummaries([id])[0]?.name ?? "")} (${id.slice(0, 8)})`;
}
