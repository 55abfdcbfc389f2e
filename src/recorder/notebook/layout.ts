/** The notebook as it stood last, in the run's folder: so that whoever finishes the run can put the executed copy together. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { Notebook } from "../../domain/notebook";

const Layout = Notebook.extend({
  /** Absolute path; of a notebook that is in no file yet, its name. */
  notebook: z.string(),
});
export type Layout = z.infer<typeof Layout>;

const fileIn = (runFolder: string) => join(runFolder, "notebook.json");

/** Whole or not at all. */
export async function keepLayout(runFolder: string, layout: Layout): Promise<void> {
  const temporary = `${fileIn(runFolder)}.new`;
  await writeFile(temporary, JSON.stringify(layout), { mode: 0o600 });
  await rename(temporary, fileIn(runFolder));
}

/** Null when the run is of no notebook. */
export async function readLayout(runFolder: string): Promise<Layout | null> {
  try {
    return Layout.parse(JSON.parse(await readFile(fileIn(runFolder), "utf8")));
  } catch {
    return null;
  }
}
