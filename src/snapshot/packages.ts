/**
 * The installed distributions of a Python environment, read from its files without starting Python. Formats: "Recording
 * installed projects" and "Direct URL Data Structure" of the Python packaging specifications.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { maskText } from "../domain/secrets";

const Distribution = z.object({
  /** As its authors write it, e.g. "scikit-learn". */
  name: z.string(),
  /** With the commit behind it when it was installed from a repository, e.g. "1.2 @ 1f3c…". */
  version: z.string(),
  /** The modules that it brings to the top level, e.g. ["sklearn"]. */
  modules: z.array(z.string()),
  /** The folder that an editable or folder install takes its code from. */
  sourceFolder: z.nullable(z.string()),
});
export type Distribution = z.infer<typeof Distribution>;

/** Changes when what is cached changes. */
const CACHE_FORMAT = 1;
/** Read so much of a METADATA file: the description that follows is not of interest. */
const HEAD_BYTES = 4096;

/**
 * All distributions on `sysPath`, the first of each name, in the order of their names. Reading them takes some 100 ms for a
 * large environment, so the result is kept in `cacheFolder` under a hash of the listing; a listing alone takes about 1 ms.
 * What cannot be read is left out.
 */
export async function readDistributions(sysPath: readonly string[], cacheFolder: string): Promise<Distribution[]> {
  const folders = (await Promise.all([...new Set(sysPath)].filter(path.isAbsolute).map(metadataFolders))).flat();
  const key = createHash("sha256")
    .update(`${CACHE_FORMAT}\n${folders.join("\n")}`)
    .digest("hex");
  const cacheFile = path.join(cacheFolder, `packages-${key.slice(0, 16)}.json`);
  const cached = await readCache(cacheFile);
  if (cached) return cached;

  const byName = new Map<string, Distribution>();
  for (const folder of folders) {
    const found = await readDistribution(folder);
    // The first on the path is the one that is imported.
    if (found && !byName.has(normalName(found.name))) byName.set(normalName(found.name), found);
  }
  const distributions = [...byName.values()].sort((one, other) =>
    one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1,
  );
  await writeCache(cacheFile, distributions);
  return distributions;
}

/** PEP 503: the same distribution under any of the spellings of its name. */
function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

async function metadataFolders(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.(?:dist|egg)-info$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

async function readDistribution(folder: string): Promise<Distribution | null> {
  const isEgg = folder.endsWith(".egg-info");
  const metadata =
    (await readHead(path.join(folder, isEgg ? "PKG-INFO" : "METADATA"))) ?? (isEgg ? await readHead(folder) : null);
  const name = metadata?.match(/^Name:[ \t]*(\S+)/m)?.[1];
  const version = metadata?.match(/^Version:[ \t]*(\S+)/m)?.[1];
  if (!name || !version) return null;
  const origin = await readOrigin(folder);
  return {
    name,
    version: origin.commit ? `${version} @ ${origin.commit}` : version,
    modules: await topLevelModules(folder),
    sourceFolder: origin.folder,
  };
}

const DirectUrl = z.object({
  url: z.string(),
  vcs_info: z.optional(z.object({ commit_id: z.string() })),
  dir_info: z.optional(z.object({})),
});

async function readOrigin(folder: string): Promise<{ commit: string | null; folder: string | null }> {
  const text = await readFile(path.join(folder, "direct_url.json"), "utf8").catch(() => "null");
  const origin = DirectUrl.safeParse(parseJson(text)).data;
  const isFolder = origin?.dir_info && origin.url.startsWith("file:");
  return { commit: origin?.vcs_info?.commit_id ?? null, folder: isFolder ? folderOf(origin.url) : null };
}

function folderOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return maskText(url);
  }
}

async function topLevelModules(folder: string): Promise<string[]> {
  const listed = await readFile(path.join(folder, "top_level.txt"), "utf8").catch(() => null);
  if (listed !== null) return listed.split(/\s+/).filter(Boolean);
  const record = await readFile(path.join(folder, "RECORD"), "utf8").catch(() => "");
  const names = new Set<string>();
  // "sklearn/__init__.py,sha256=…", "six.py,…", "_cffi_backend.cpython-311-x86_64-linux-gnu.so,…"
  for (const [, name] of record.matchAll(
    /^([A-Za-z_]\w*)(?:\/[^,\n]*\.(?:pyi?|so|pyd)|(?:\.[\w-]+)?\.(?:py|so|pyd)),/gm,
  ))
    names.add(name!);
  return [...names];
}

async function readHead(file: string): Promise<string | null> {
  const content = await readFile(file).catch(() => null);
  return content?.toString("utf8", 0, HEAD_BYTES) ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function readCache(file: string): Promise<Distribution[] | undefined> {
  const text = await readFile(file, "utf8").catch(() => "null");
  return z.array(Distribution).safeParse(parseJson(text)).data;
}

/** A cache that cannot be written only costs time. */
async function writeCache(file: string, distributions: Distribution[]): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, JSON.stringify(distributions));
    await rename(temporary, file);
  } catch {}
}
