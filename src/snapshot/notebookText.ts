/** A notebook as people read it: its cells one below the other, without outputs, counters and metadata. */
import * as z from "zod/mini";

const Source = z.union([z.string(), z.array(z.string())]);
const Cell = z.object({ cell_type: z.string(), source: z.optional(Source), input: z.optional(Source) });
/** Version 3 had worksheets, and `input` for the source of a code cell. */
const Notebook = z.object({
  cells: z.optional(z.array(Cell)),
  worksheets: z.optional(z.array(z.object({ cells: z.array(Cell) }))),
});

export const isNotebook = (path: string) => path.toLowerCase().endsWith(".ipynb");

/** The cells in the percent format of Jupytext and VS Code (`# %%`); null when it is no notebook. */
export function notebookText(bytes: Uint8Array): string | null {
  const notebook = Notebook.safeParse(parseJson(bytes)).data;
  const cells = notebook?.cells ?? notebook?.worksheets?.flatMap((sheet) => sheet.cells);
  return cells?.map(cellText).join("\n") ?? null;
}

function cellText({ cell_type, source, input }: z.infer<typeof Cell>): string {
  const text = [source ?? input ?? ""].flat().join("");
  const title = cell_type === "code" ? "# %%" : `# %% [${cell_type}]`;
  return `${title}\n${text}${text === "" || text.endsWith("\n") ? "" : "\n"}`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
