/** A folder in the store for what an import has unpacked and not yet put in its place. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ProcessIdentity } from "../store/contract";
import { processIdentity, processState } from "../store/process";

const START = "import-";
const OWNER = "owner.json";

/** Makes one, and removes those of imports that were killed. */
export async function makeStageFolder(store: string): Promise<string> {
  const temporary = path.join(store, "tmp");
  await mkdir(temporary, { recursive: true });
  for (const name of await readdir(temporary)) {
    const found = path.join(temporary, name);
    if (name.startsWith(START) && (await isAbandoned(found))) await rm(found, { recursive: true, force: true });
  }
  const folder = await mkdtemp(path.join(temporary, START));
  await writeFile(path.join(folder, OWNER), JSON.stringify(processIdentity()));
  return folder;
}

/** One that says nothing of its owner is about to, or was left in the moment before: freeing space finds it when it is old. */
async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(path.join(folder, OWNER), "utf8")) as ProcessIdentity;
    return processState(owner) === "dead";
  } catch {
    return false;
  }
}
