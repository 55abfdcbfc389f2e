/** What a kernel shows, as VS Code and the file format of notebooks have it. */
import * as vscode from "vscode";
import type { BridgeEvent, MimeData } from "../../../recorder/kernel/bridgeMessages";

type Shown = Extract<BridgeEvent, { e: "display" | "result" | "update" }>;
type Failure = Extract<BridgeEvent, { e: "error" }>;

/** From what says most to what says least, as VS Code shows the first that it can. */
const RICHEST_FIRST = [
  /^application\/vnd\./,
  /^text\/html$/,
  /^image\/svg\+xml$/,
  /^image\//,
  /^text\/latex$/,
  /^text\/markdown$/,
  /json$/,
  /^text\/(?!plain)/,
];
const isText = (mime: string) => /^text\/|^image\/svg\+xml$|[/+](?:xml|javascript)$/.test(mime);

export function outputItems(data: MimeData): vscode.NotebookCellOutputItem[] {
  const rank = (mime: string) =>
    RICHEST_FIRST.findIndex((pattern) => pattern.test(mime)) + 1 || RICHEST_FIRST.length + 1;
  const entries = Object.entries(data).sort(([one], [other]) => rank(one) - rank(other));
  return entries.map(([mime, value]) => outputItem(mime, value));
}

function outputItem(mime: string, value: unknown): vscode.NotebookCellOutputItem {
  const { NotebookCellOutputItem } = vscode;
  if (typeof value !== "string") return NotebookCellOutputItem.json(value, mime);
  if (isText(mime) || /[/+]json$/.test(mime)) return NotebookCellOutputItem.text(value, mime);
  return new NotebookCellOutputItem(Buffer.from(value, "base64"), mime);
}

/** With what VS Code's own serializer needs to write it into the file as Jupyter would. */
export function shownOutput(event: Shown): vscode.NotebookCellOutput {
  const { data, metadata } = event;
  const own =
    event.e === "result"
      ? { outputType: "execute_result", executionCount: event.count ?? null, metadata }
      : { outputType: "display_data", metadata };
  return new vscode.NotebookCellOutput(outputItems(data), own);
}

export function errorOutput({ name, value, traceback }: Failure): vscode.NotebookCellOutput {
  const error = { name, message: value, stack: traceback.join("\n") };
  const originalError = { output_type: "error", ename: name, evalue: value, traceback };
  const items = [vscode.NotebookCellOutputItem.error(error)];
  return new vscode.NotebookCellOutput(items, { outputType: "error", originalError });
}

/** For the user, of something that happened to the kernel and not in the cell. */
export function noticeOutput(message: string): vscode.NotebookCellOutput {
  const [title = "", ...rest] = message.split("\n");
  const error = { name: "Kernel", message: title, stack: [title, ...rest].join("\n") };
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(error)], { outputType: "error" });
}

export function streamItem(name: "stdout" | "stderr", text: string): vscode.NotebookCellOutputItem {
  return vscode.NotebookCellOutputItem[name](text);
}
