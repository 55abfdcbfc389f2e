/** What is said of files that could not be recorded as they should. */
import type { Gap } from "../../domain/run";

export const CUT_SHORT: Gap = {
  kind: "other",
  message:
    "Recording was interrupted before all files were hashed: files that were read or written may be missing here.",
};

export function failure(error: unknown): Gap {
  return { kind: "other", message: `The files of this run could not all be recorded: ${(error as Error).message}` };
}

export function secretFile(name: string): Gap {
  return { kind: "other", path: name, message: `${name} looks like a file of secrets and is neither hashed nor kept.` };
}

export function oddName(name: string): Gap {
  return { kind: "unreadable", path: name, message: `${name} has a name that is not UTF-8 and was not hashed.` };
}

export function tooManyInFolder(name: string, what: "read" | "written"): Gap {
  const rest = what === "read" ? " one by one; its dataset has all that were there" : "";
  const message = `So many files of ${name} were ${what} that not all of them are listed${rest}.`;
  return { kind: what === "read" ? "unlisted" : "other", path: name, message };
}

export function changedLater(name: string): Gap {
  const message = `${name} was changed after the run had ended and before its recording could be finished.`;
  return { kind: "changed-while-hashing", path: name, message };
}

export function inCompany(count: number): Gap {
  const message = `${count} files changed during this run without the tracer seeing who wrote them, and another run went on at the same time: they may be that one's.`;
  return { kind: "other", message };
}

export function notAllLookedAt(folder: string): Gap {
  const message = `${folder} is too wide to look at all of it, so files that the run wrote may be missing here.`;
  return { kind: "other", message };
}
