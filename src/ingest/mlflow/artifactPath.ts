/**
 * From a path that a client gives to a file of ours. Paths have been the way into other servers again and again: here the
 * first part names a kind of thing, the next its id, which is looked up, and only what is below that thing's own folder of
 * artifacts can be reached, whatever links lie there.
 */
import { realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { invalid, type MlflowError, missing } from "./errors";
import type { MlflowContext } from "./route";

export interface ArtifactPlace {
  /** The folder that nothing may lead out of. */
  root: string;
  /** Below or at `root`. */
  file: string;
}

/** The place of `runs/<id>/artifacts/…` and the like, as `artifactUri` makes them. Throws MlflowError for any other path. */
export function artifactPlace(context: MlflowContext, path: string): ArtifactPlace {
  const parts = safeParts(path);
  const [kind, id = "", folder] = parts;
  // Experiments have their files right below their number.
  const depth = kind === "artifacts" ? 2 : 3;
  if (parts.length < depth || (depth === 3 && folder !== "artifacts") || !isKnown(context, kind, id)) throw wrongPath();
  const root = join(context.store.folder, ...parts.slice(0, depth));
  return within({ root, file: join(root, ...parts.slice(depth)) });
}

/** The place of a path within a run's artifacts. */
export function runArtifactPlace({ store }: MlflowContext, run: string, path: string): ArtifactPlace {
  const root = join(store.folder, "runs", run, "artifacts");
  return within({ root, file: join(root, ...safeParts(path)) });
}

function isKnown({ store }: MlflowContext, kind: string | undefined, id: string): boolean {
  if (kind === "runs") return store.tracking.run(id) !== null;
  if (kind === "artifacts") return /^\d{1,15}$/.test(id) && store.tracking.experiment(Number(id)) !== null;
  // Made before the thing itself is told of; the id has a form that no other folder has.
  return (kind === "models" && /^m-[0-9a-f]{32}$/.test(id)) || (kind === "traces" && /^tr-[0-9a-f]{32}$/.test(id));
}

// Control characters; what ends a name in an address; separators and streams of Windows; what is still encoded.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const FORBIDDEN = /[\x00-\x1f\x7f\\#;]|%[0-9a-f]{2}/i;
/** Names that are devices on Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?$/i;

/** Parts of a path, decoded already. Throws MlflowError for one that could mean another file somewhere. */
export function safeParts(path: string): string[] {
  if (path === "") return [];
  if (FORBIDDEN.test(path) || /^[a-z]:/i.test(path)) throw wrongPath();
  const parts = path.replace(/\/$/, "").split("/");
  for (const part of parts) {
    if (part === "" || /^\.+$/.test(part) || /[. ]$/.test(part) || DEVICE.test(part)) throw wrongPath();
    if (process.platform === "win32" && part.includes(":")) throw wrongPath();
  }
  return parts;
}

/** Links inside may not lead outside. */
function within(place: ArtifactPlace): ArtifactPlace {
  const root = realpath(place.root);
  const file = realpath(place.file);
  if (file !== root && !file.startsWith(root + sep)) throw wrongPath();
  return place;
}

/** Of what is not there yet, the real place of the folder that it would be in. */
function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(path) !== path)
      return join(realpath(dirname(path)), path.slice(dirname(path).length));
    if (code === "ENOTDIR") throw missing("There is no such artifact.");
    throw wrongPath();
  }
}

function wrongPath(): MlflowError {
  return invalid("Invalid path");
}
