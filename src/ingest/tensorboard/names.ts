/** What a metric of an event file is called, when a run writes several of them in several folders. */
import path from "node:path";

/** Folders that writers make for parts of one training: Keras "train" and "validation", others the rest. */
const SPLIT = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|eval(?:uation)?)$/i;
/** PyTorch's `add_hparams` makes a folder named by the time. */
const TIME = /^\d{9,}(?:\.\d+)?$/;

/** The folder that names are relative to, by the folder of the first event file. */
export function rootFolder(first: string): string {
  return SPLIT.test(path.basename(first)) ? path.dirname(first) : first;
}

/** What stands before the tags of the event files in `folder`, e.g. "train/"; nothing in the root itself. */
export function tagPrefix(root: string, folder: string): string {
  const relative = path.relative(root, folder);
  const parts =
    relative.startsWith("..") || path.isAbsolute(relative) ? [path.basename(folder)] : relative.split(path.sep);
  return parts
    .filter((part) => part !== "" && !TIME.test(part))
    .map((part) => `${part}/`)
    .join("");
}
