/** A notebook as VS Code shows it, without VS Code: what the observer looks at. */
import type { CellError, CellOutputKind } from "../../../domain/cells";
import type { FromEditor } from "../../../recorder/notebook/messages";

export interface ObservedOutput {
  kind: CellOutputKind;
  items: { mime: string; data: Uint8Array }[];
}

/** As VS Code's `NotebookCellExecutionSummary`: all undefined when an execution has been asked for. */
export interface ObservedSummary {
  executionOrder?: number;
  success?: boolean;
  /** Ms since the epoch. */
  timing?: { startTime: number; endTime: number };
}

export interface ObservedCell {
  id: string;
  index: number;
  language: string;
  source: string;
  tags: string[];
  outputs: readonly ObservedOutput[];
}

/** What the recorder is told; outputs with their bytes. */
export type Told =
  | Exclude<FromEditor, { e: "outputs" }>
  | { e: "outputs"; key: number; outputs: readonly ObservedOutput[] };

const ERROR_MIME = "application/vnd.code.notebook.error";

/** The error among the outputs, as kernels tell it. */
export function errorIn(outputs: readonly ObservedOutput[]): CellError | null {
  const item = outputs.flatMap(({ items }) => items).find(({ mime }) => mime === ERROR_MIME);
  if (!item) return null;
  try {
    const { name, message, stack } = JSON.parse(new TextDecoder().decode(item.data)) as Record<string, unknown>;
    return { name: String(name ?? "Error"), message: String(message ?? ""), traceback: String(stack ?? "") };
  } catch {
    return null;
  }
}
