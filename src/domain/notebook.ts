/** A notebook as it stands in an editor or a file: its cells, without outputs. */
import * as z from "zod";

export const NotebookCell = z.object({
  /** The notebook's own id of the cell, or one made for it. */
  id: z.string(),
  kind: z.enum(["code", "markup"]),
  language: z.string(),
  source: z.string(),
  tags: z.array(z.string()),
});
export type NotebookCell = z.infer<typeof NotebookCell>;

export const Notebook = z.object({
  cells: z.array(NotebookCell),
  /** The notebook's own metadata: its kernel and language. */
  metadata: z.record(z.string(), z.unknown()),
});
export type Notebook = z.infer<typeof Notebook>;

/** Papermill's convention: defaults stand in a cell with the first tag, what a run was given in one with the second. */
export const PARAMETERS_TAG = "parameters";
export const INJECTED_TAG = "injected-parameters";
