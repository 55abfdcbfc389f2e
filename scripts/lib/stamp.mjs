import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "./paths.mjs";

/** Hash of files' contents and further strings, short enough for a folder name. */
export async function fingerprint(files, ...more) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file)).update("\0");
  for (const text of more) hash.update(text).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/**
 * Does `make` unless `stampFile` says that it was done for this very `key`. One process at a time does it; the others wait.
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function once(stampFile, key, make) {
  if (await isStamped(stampFile, key)) return false;
  const unlock = await lock(`${path.basename(path.dirname(stampFile))}.lock`);
  try {
    if (await isStamped(stampFile, key)) return false;
    await rm(stampFile, { force: true });
    await make();
    await writeFile(stampFile, key);
    return true;
  } finally {
    await unlock();
  }
}

async function isStamped(stampFile, key) {
  return existsSync(stampFile) && (await readFile(stampFile, "utf8")) === key;
}

/** A folder is the lock, as making one is atomic everywhere; it holds its owner's process id, so that a dead owner's lock falls. */
async function lock(name) {
  const folder = path.join(paths.cache, name);
  const owner = path.join(folder, "pid");
  await mkdir(paths.cache, { recursive: true });
  for (let told = false; ; ) {
    try {
      await mkdir(folder);
      await writeFile(owner, String(process.pid));
      return () => rm(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (await isAbandoned(folder, owner)) await rm(folder, { recursive: true, force: true });
    else if (!told) console.log(`Waiting for another set-up that is at it (${path.relative(paths.root, folder)}) …`);
    told = true;
    await sleep(250);
  }
}

async function isAbandoned(folder, owner) {
  const pid = Number(await readFile(owner, "utf8").catch(() => Number.NaN));
  if (pid > 0) return !isAlive(pid);
  // No process id yet: its owner is about to write it, or died before it could.
  const made = await stat(folder).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > 10_000;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
