import * as z from "zod/mini";

/** `modeltrail.yaml` at a project's root. All of it is optional; an empty file only marks the root. */
export const ProjectFile = z.strictObject({
  /** Globs of data that every run depends on, relative to the root, e.g. "shared/*.parquet". */
  data: z.nullish(z.array(z.string())),
});
export type ProjectFile = z.infer<typeof ProjectFile>;

export const PROJECT_FILE_NAME = "modeltrail.yaml";
