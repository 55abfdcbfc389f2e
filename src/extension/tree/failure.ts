import type * as vscode from "vscode";

/**
 * What stands in the place of elements that could not be read: below an element a note, made by `note`; what is wrong with all of
 * a view is told above it.
 */
export function failureIn<Node>(
  view: Pick<vscode.TreeView<unknown>, "message">,
  error: unknown,
  note: ((text: string) => Node) | undefined,
): Node[] {
  const text = error instanceof Error ? error.message : String(error);
  if (note) return [note(text)];
  view.message = text;
  return [];
}
