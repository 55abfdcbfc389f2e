/** Which bundle was made of the same things before: to look into a model again takes seconds, and tells nothing new. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import { hashFile } from "../../store/objects";
import type { ReadyBundle } from "../contract";
import { openBundle } from "./bundleFolder";
import type { ModelFiles } from "./modelFiles";

/** Another one when bundles are made in another way. */
const FORMAT = 1;
const PROGRAMS = ["serve", "bundle_model"] as const;

/** Equal for equal files, told apart by all else that the bundle comes of, as `facts`: JSON. */
export async function keyOf(files: ModelFiles, facts: unknown): Promise<string> {
  const model = await Promise.all(
    files.files.map(async ({ name, content }) => {
      const sha256 =
        "bytes" in content
          ? createHash("sha256").update(content.bytes).digest("hex")
          : (await hashFile(content.path)).sha256;
      return [name, sha256];
    }),
  );
  const key = JSON.stringify([FORMAT, model, await programs(), facts]);
  return createHash("sha256").update(key).digest("hex");
}

async function programs(): Promise<string[][]> {
  const hashes: string[][] = [];
  for (const program of PROGRAMS) {
    const folder = pythonFolder(program);
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".py")).sort();
    for (const name of names) hashes.push([name, (await hashFile(path.join(folder, name))).sha256]);
  }
  return hashes;
}

const fileOf = (storeFolder: string, key: string) => path.join(storeFolder, "cache", `bundle-${key.slice(0, 32)}`);

/** Null when there is none, or it is not as it was. */
export async function madeBefore(storeFolder: string, key: string): Promise<ReadyBundle | null> {
  const hash = await readFile(fileOf(storeFolder, key), "utf8").catch(() => "");
  return /^[0-9a-f]{64}$/.test(hash) ? await openBundle(storeFolder, hash).catch(() => null) : null;
}

/** What cannot be noted only costs time. */
export async function noteMade(storeFolder: string, key: string, hash: string): Promise<void> {
  const file = fileOf(storeFolder, key);
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, hash);
    await rename(temporary, file);
  } catch {}
}
