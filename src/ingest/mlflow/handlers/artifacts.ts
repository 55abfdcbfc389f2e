/** Artifacts of clients that cannot reach our folders, and lists of artifacts. Nothing is ever deleted here. */

import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ArtifactPlace, artifactPlace, runArtifactPlace } from "../artifactPath";
import { runLocation } from "../artifactRoot";
import { MlflowError, missing } from "../errors";
import type { JsonObject } from "../json";
import { runIdOf, textOf } from "../message";
import { API, type Call, get, type Route } from "../route";
import { SAFE_HEADERS } from "../send";
import { findRun } from "./runs";

const FILES = "/api/2.0/mlflow-artifacts";

export const artifactRoutes: Route[] = [
  get(`${API}/artifacts/list`, listRunArtifacts),
  get(`${FILES}/artifacts`, async ({ message, context }) => ({
    files: await listFolder(artifactPlace(context, textOf(message, "path")), ""),
  })),
  get(`${FILES}/artifacts/{*path}`, download),
  { method: "PUT", path: `${FILES}/artifacts/{*path}`, raw: true, handle: upload },
  // Clients that are set to upload in parts then upload whole files.
  { method: "POST", path: `${FILES}/mpu/{*path}`, raw: true, handle: noParts },
];

async function listRunArtifacts({ message, context }: Call): Promise<JsonObject> {
  const run = findRun(context, runIdOf(message));
  const root_uri = runLocation(context, run);
  if (run.artifactLocation !== null) {
    throw new MlflowError("NOT_IMPLEMENTED", `The artifacts are at ${root_uri}, which is asked without this server.`);
  }
  const path = textOf(message, "path");
  return { root_uri, files: await listFolder(runArtifactPlace(context, run.id, path), path.replace(/\/$/, "")) };
}

interface FileInfo extends JsonObject {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

/** What is in a folder, nothing when there is no such folder. Links are not followed, and not shown. */
export async function listFolder({ file }: ArtifactPlace, shownBelow: string): Promise<FileInfo[]> {
  let names: string[];
  try {
    names = await readdir(file);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
  const infos = await Promise.all(
    names.sort().map(async (name): Promise<FileInfo | null> => {
      const found = await lstat(join(file, name)).catch(() => null);
      const path = posix.join(shownBelow, name);
      if (found?.isDirectory()) return { path, is_dir: true };
      return found?.isFile() ? { path, is_dir: false, file_size: found.size } : null;
    }),
  );
  return infos.filter((info) => info !== null);
}

async function download({ path, context, response }: Call): Promise<null> {
  const { file } = artifactPlace(context, path.path!);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw missing("There is no such artifact.");
  response.writeHead(200, {
    ...SAFE_HEADERS,
    "Content-Type": "application/octet-stream",
    "Content-Length": found.size,
    // What a model or a script wrote is never shown as a page.
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(basename(file))}`,
  });
  // Grown meanwhile: as it was when it was asked for.
  const content = createReadStream(file, { end: Math.max(0, found.size - 1) });
  if (found.size === 0) response.end();
  else await pipeline(content, response).catch(() => response.destroy());
  return null;
}

/** Whole or not at all: written aside, and put in its place when all has come. */
async function upload({ path, context, request }: Call): Promise<undefined> {
  const { root, file } = artifactPlace(context, path.path!);
  if (file === root) throw missing("A file has a name of its own.");
  const aside = join(context.store.folder, "tmp", `upload-${randomBytes(8).toString("hex")}`);
  await mkdir(dirname(aside), { recursive: true });
  try {
    await pipeline(request, createWriteStream(aside, { flags: "wx", mode: 0o666 }));
    await mkdir(dirname(file), { recursive: true });
    // Again, now that the folders are there.
    artifactPlace(context, path.path!);
    await rename(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
  return undefined;
}

function noParts(): never {
  throw new MlflowError("NOT_IMPLEMENTED", "Files are uploaded whole here.");
}
