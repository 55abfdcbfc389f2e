/**
 * Saved views of the Runs table: one file each in `.modeltrail-views/` of the project, beside the code, so that they are
 * committed and shared with it, and two people's views do not meet in one file.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { SavedView } from "../../protocol/tableView";

export const VIEWS_FOLDER = ".modeltrail-views";
const ENDING = ".json";
/** Larger ones are none of ours. */
const MOST_BYTES = 1_000_000;

interface ViewFile extends SavedView {
  file: string;
}

/** By name. Files that hold no view are passed over, and told of through `onFault`. */
export async function readViews(root: string, onFault: (error: unknown) => void): Promise<SavedView[]> {
  return (await readFiles(root, onFault)).map(({ name, view }) => ({ name, view }));
}

async function readFiles(root: string, onFault: (error: unknown) => void): Promise<ViewFile[]> {
  const folder = path.join(root, VIEWS_FOLDER);
  const files = await readdir(folder).catch(() => []);
  const views: ViewFile[] = [];
  for (const name of files.filter((file) => file.endsWith(ENDING))) {
    const file = path.join(folder, name);
    try {
      const text = await readFile(file, "utf8");
      if (text.length > MOST_BYTES) throw new Error("It is too large.");
      views.push({ ...SavedView.parse(JSON.parse(text)), file });
    } catch (error) {
      onFault(new Error(`${file} is no saved view.`, { cause: error }));
    }
  }
  return views.sort((a, b) => a.name.localeCompare(b.name));
}

/** Takes the place of a view with the same name. */
export async function writeView(root: string, saved: SavedView): Promise<void> {
  const folder = path.join(root, VIEWS_FOLDER);
  const others = await readFiles(root, () => {});
  const known = others.find(({ name }) => name === saved.name);
  const file = known?.file ?? path.join(folder, freeName(saved.name, others));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${JSON.stringify(SavedView.parse(saved), null, 2)}\n`);
  } catch (error) {
    throw new UserError(`The view could not be written to ${file} (${(error as Error).message}).`, { cause: error });
  }
}

export async function deleteView(root: string, name: string): Promise<void> {
  const views = await readFiles(root, () => {});
  for (const view of views) if (view.name === name) await rm(view.file, { force: true });
}

/** A file name that every system takes, and that no other view has. */
function freeName(name: string, others: readonly ViewFile[]): string {
  const taken = new Set(others.map(({ file }) => path.basename(file).toLowerCase()));
  const plain = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60)
    // Devices, for Windows.
    .replace(/^(con|prn|aux|nul|com\d|lpt\d)$/, "view-$1");
  for (let number = 1; ; number++) {
    const file = `${plain || "view"}${number === 1 ? "" : `-${number}`}${ENDING}`;
    if (!taken.has(file)) return file;
  }
}
