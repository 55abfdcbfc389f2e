/** The whole verdict, kept in the folder of the run that was made for it: its tags say it in short. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { toJson } from "../domain/json";
import { Reproduction } from "../domain/reproduction";
import type { Store } from "../store/contract";

const FILE = "reproduction.json";

export async function keepVerdict(store: Pick<Store, "runFolder">, reproduction: Reproduction): Promise<void> {
  await writeFile(path.join(store.runFolder(reproduction.child), FILE), `${toJson(reproduction, 2)}\n`);
}

/** `id`: of the run that reproduces another. Null when nothing is kept, or nothing that can be understood. */
export async function readVerdict(store: Pick<Store, "runFolder">, id: string): Promise<Reproduction | null> {
  try {
    return Reproduction.parse(JSON.parse(await readFile(path.join(store.runFolder(id), FILE), "utf8")));
  } catch {
    return null;
  }
}
