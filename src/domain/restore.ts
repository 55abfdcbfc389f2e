/** What a restore did: what is there now, and what is not and why. */
import * as z from "zod";
import { Gap } from "./run";

/** What of a run can be restored. `data` and `config` are the files that it read, `artifacts` those that it wrote. */
export const RestorePart = z.enum(["code", "data", "config", "artifacts"]);
export type RestorePart = z.infer<typeof RestorePart>;

/**
 * Why a file is not there as the run had it.
 * `not-kept`: only its hash is known, and the original has changed since or is gone. `gone`: what was kept is no longer there.
 * `damaged`: what was kept has another content by now. `unsafe`: the name leads out of the folder, into git's own files, or
 * means something else on this system. `collision`: this file system takes two of the names for one. `not-captured`: the run
 * says so itself (a gap). `differs`: a file is there, which may not be what the run saw. `failed`: the disk refused it.
 */
export const RestoreFault = z.enum([
  "not-kept",
  "gone",
  "damaged",
  "unsafe",
  "collision",
  "not-captured",
  "differs",
  "failed",
]);
export type RestoreFault = z.infer<typeof RestoreFault>;

export const RestoreProblem = z.object({
  part: RestorePart,
  /** As runs name files: relative to the project with `/`, or absolute outside it; of code relative to the code's root. */
  path: z.string(),
  fault: RestoreFault,
  /** A sentence: what is missing, why, and what can be done. */
  message: z.string(),
});
export type RestoreProblem = z.infer<typeof RestoreProblem>;

const Count = z.object({ files: z.number().int(), bytes: z.number() });

export const RestoreReport = z.object({
  run: z.string(),
  /** The folder that was written to, absolute: it stands for the code's root. */
  folder: z.string(),
  /** Where in it the project's own folder is: relative paths of runs count from there. Absolute. */
  project: z.string(),
  /** Where in it the run's command was started. Absolute; null when that was outside of the code and the project. */
  cwd: z.string().nullable(),
  /** Files that are there with the content that they should have. */
  written: z.object({ code: Count, data: Count, config: Count, artifacts: Count }),
  /** Files that were outside the project: where the run had them, and where they are now (both absolute). */
  outside: z.array(z.object({ from: z.string(), to: z.string() })),
  problems: z.array(RestoreProblem),
  /** What the run itself says was not captured, as far as it bears on the parts restored. */
  gaps: z.array(Gap),
  /** No problem and no gap: the folder has what ran, byte for byte. */
  exact: z.boolean(),
  /** Ended early: what is there is whole, file by file, but not all is there. */
  cancelled: z.boolean(),
});
export type RestoreReport = z.infer<typeof RestoreReport>;

/** The restore of one file. */
export const RestoredFile = z.object({
  run: z.string(),
  part: RestorePart,
  /** As the run names it. */
  path: z.string(),
  /** Where it is now, absolute. */
  to: z.string(),
  /** Bytes. */
  size: z.number(),
  /** `same`: it was there already, as the run had it. */
  outcome: z.enum(["written", "replaced", "same"]),
  /** Where the file that was replaced is kept; null when none was. */
  undo: z.string().nullable(),
});
export type RestoredFile = z.infer<typeof RestoredFile>;
