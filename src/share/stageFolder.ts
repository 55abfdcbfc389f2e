/** A folder in the store for what an import has unpacked and not yet put in its place. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { ProcessIdentity } from "../store/contract";
import { processIdentity, processState } from "../store/process";

export interface StageFolder {
  folder: string;
  remove(): Promise<void>;
}

/** Beside each folder lies a file of this name that says whose it is; it is there first and goes last. */
const OWNER = /^import-[0-9a-f]{12}\.owner$/;

/** Makes one, and removes those of imports that were killed. */
export async function makeStageFolder(store: string): Promise<StageFolder> {
  const temporary = path.join(store, "tmp");
  mkdirSync(temporary, { recursive: true });
  for (const name of readdirSync(temporary).filter((name) => OWNER.test(name))) {
    const owner = path.join(temporary, name);
    if (await isDead(owner)) await removeStage(owner);
  }
  const owner = path.join(temporary, `import-${randomBytes(6).toString("hex")}.owner`);
  writeFileSync(owner, JSON.stringify(processIdentity()), { flag: "wx" });
  const folder = folderOf(owner);
  mkdirSync(folder);
  return { folder, remove: () => removeStage(owner) };
}

const folderOf = (owner: string) => owner.slice(0, -path.extname(owner).length);

async function removeStage(owner: string): Promise<void> {
  await rm(folderOf(owner), { recursive: true, force: true });
  await rm(owner, { force: true });
}

/** A file without content is of one that begins just now, or was killed in that moment: freeing space takes it when it is old. */
async function isDead(owner: string): Promise<boolean> {
  try {
    return processState(JSON.parse(await readFile(owner, "utf8")) as ProcessIdentity) === "dead";
  } catch {
    return false;
  }
}
