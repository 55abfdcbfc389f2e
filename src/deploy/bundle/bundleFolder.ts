/**
 * Bundles in the store: `bundles/<hash>/`, read-only once they are there. The hash is over all that `bundle.json` says but the
 * time, and so over every file: what is the same has the same name.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { BUNDLE_FILE, BundleManifest } from "../../domain/bundle";
import { canonicalJson } from "../../domain/canonicalJson";
import { UserError } from "../../domain/errors";
import { hashFile } from "../../store/objects";
import type { ReadyBundle } from "../contract";

const HASH = /^[0-9a-f]{64}$/;

export const bundlesFolder = (storeFolder: string): string => path.join(storeFolder, "bundles");

/** Throws for what is no hash: it becomes a path. */
export function bundleFolder(storeFolder: string, hash: string): string {
  if (!HASH.test(hash)) throw new Error(`"${hash}" is no bundle's hash.`);
  return path.join(bundlesFolder(storeFolder), hash);
}

/**
 * A bundle of the store, each of its files looked at. Throws UserError when it is gone, and when a file is not what it was.
 */
export async function openBundle(storeFolder: string, hash: string): Promise<ReadyBundle> {
  const folder = bundleFolder(storeFolder, hash);
  if (!existsSync(folder)) throw new UserError(`The bundle ${hash.slice(0, 12)} is not there any more. Make it again.`);
  const bundle = await readBundle(folder);
  if (bundle.hash !== hash) throw new UserError(damaged(folder, `${BUNDLE_FILE} was changed`));
  return bundle;
}

/** A bundle in any folder, such as one that was copied elsewhere. Throws UserError when it is none, or damaged. */
export async function readBundle(folder: string): Promise<ReadyBundle> {
  const text = await readFile(path.join(folder, BUNDLE_FILE), "utf8").catch(() => null);
  if (text === null) throw new UserError(`There is no bundle in ${folder}: it has no ${BUNDLE_FILE}.`);
  const manifest = BundleManifest.safeParse(parse(text)).data;
  if (!manifest) throw new UserError(damaged(folder, `${BUNDLE_FILE} cannot be understood`));
  const there = await listFiles(folder);
  const expected = new Map(manifest.files.map((file) => [file.path, file]));
  const strange = there.find((name) => name !== BUNDLE_FILE && !expected.has(name));
  if (strange !== undefined) throw new UserError(damaged(folder, `${strange} does not belong to it`));
  for (const { path: name, size, sha256 } of manifest.files) {
    const found = await hashFile(path.join(folder, ...name.split("/"))).catch(() => null);
    if (!found) throw new UserError(damaged(folder, `${name} is missing`));
    if (found.size !== size || found.sha256 !== sha256) throw new UserError(damaged(folder, `${name} was changed`));
  }
  return { hash: hashOf(manifest), folder, manifest };
}

/**
 * Writes `bundle.json` into a finished folder and gives it its place in the store. When there is one already with the same
 * contents, that stays, and this one is removed.
 */
export async function keepBundle(
  storeFolder: string,
  made: string,
  manifest: Omit<BundleManifest, "files" | "created">,
): Promise<ReadyBundle> {
  const files = await Promise.all(
    (await listFiles(made)).map(async (name) => {
      const { size, sha256 } = await hashFile(path.join(made, ...name.split("/")));
      return { path: name, size, sha256 };
    }),
  );
  const listed = files.filter((file) => file.path !== BUNDLE_FILE);
  const whole = BundleManifest.parse({ ...manifest, files: listed, created: new Date().toISOString() });
  const hash = hashOf(whole);
  const folder = bundleFolder(storeFolder, hash);
  const there = existsSync(folder) ? await openBundle(storeFolder, hash).catch(() => null) : null;
  if (there) {
    await removeBundle(made);
    await touchBundle(folder);
    return there;
  }
  // Damaged: nobody can use it.
  await removeBundle(folder);
  await writeFile(path.join(made, BUNDLE_FILE), `${JSON.stringify(whole, null, 2)}\n`);
  for (const name of [...listed.map((file) => file.path), BUNDLE_FILE]) {
    await chmod(path.join(made, ...name.split("/")), 0o444);
  }
  await mkdir(bundlesFolder(storeFolder), { recursive: true });
  try {
    await rename(made, folder);
  } catch (error) {
    // Someone else made the same at the same time.
    if (!existsSync(folder)) throw error;
    await removeBundle(made);
    return await openBundle(storeFolder, hash);
  }
  return { hash, folder, manifest: whole };
}

/** It is wanted: `gc` frees what nobody touched for a day. */
export async function touchBundle(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now);
}

/** No error when there is none. */
export async function removeBundle(folder: string): Promise<void> {
  if (process.platform === "win32" && existsSync(folder)) {
    for (const name of await listFiles(folder)) await chmod(path.join(folder, ...name.split("/")), 0o666);
  }
  await rm(folder, { recursive: true, force: true });
}

function hashOf({ created: _, ...manifest }: BundleManifest): string {
  return createHash("sha256").update(canonicalJson(manifest)).digest("hex");
}

/** Paths with `/`, sorted; without the byte code that Python leaves. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .filter((name) => !name.split("/").includes("__pycache__"))
    .sort();
}

function damaged(folder: string, how: string): string {
  return `The bundle in ${folder} is not as it was made: ${how}. Remove it and make it again.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
