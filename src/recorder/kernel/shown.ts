/** What an execution shows, put together from the kernel's messages as an editor would. */
import type { CellError } from "../../domain/cells";
import { formatSize } from "../../domain/format";
import { ERROR_MIME, isText, type OutputContent, STREAM_MIME } from "../notebook/outputs";
import { type BoundedText, boundedText } from "./boundedText";
import type { BridgeEvent, MimeData } from "./bridgeMessages";

/** Of a form that is larger, an editor gets a sentence in its place. Bytes. */
const MOST_FORM_BYTES = 10 * 1024 * 1024;
/** Characters of printed text, without the ends of texts that were cut. */
const MOST_TEXT = 1_000_000;
const MOST_OUTPUTS = 2_000;

type Shown = Extract<BridgeEvent, { e: "display" | "result" | "update" }>;
type Output =
  | { kind: "stdout" | "stderr"; text: BoundedText }
  | { kind: "display" | "result"; data: MimeData; displayId?: string | null }
  | { kind: "error"; error: { name: string; message: string; stack: string } };

export interface ShownOutputs {
  /** Takes a message in; gives what the editor is to have of it. */
  take(event: BridgeEvent): BridgeEvent[];
  /** Whether something with this id is shown here. */
  has(displayId: string): boolean;
  /** The execution has ended: gives what is still to be shown. */
  finish(): BridgeEvent[];
  contents(): OutputContent[];
  /** The error that it ended with. */
  readonly error: CellError | null;
  /** Bytes, about. */
  readonly size: number;
}

export function shownOutputs(id: string): ShownOutputs {
  const room = { left: MOST_TEXT };
  let outputs: Output[] = [];
  let clearing = false;
  let dropped = 0;
  let lost = 0;

  function text(name: "stdout" | "stderr", shown: string): BridgeEvent[] {
    return shown === "" ? [] : [{ e: "stream", id, name, text: shown }];
  }

  /** Another output follows: what was kept back of the text before is shown. */
  function finishLast(isLast: boolean): BridgeEvent[] {
    const last = outputs.at(-1);
    return last && "text" in last ? text(last.kind, last.text.finish(isLast)) : [];
  }

  /** Text goes on where the last output is of the same stream. */
  function print(name: "stdout" | "stderr", printed: string): BridgeEvent[] {
    const last = outputs.at(-1);
    if (last && "text" in last && last.kind === name) return text(name, last.text.push(printed));
    return add({ kind: name, text: boundedText(room) }, (output) => text(name, output.text.push(printed)));
  }

  function add<Added extends Output>(output: Added, show: (output: Added) => BridgeEvent[]): BridgeEvent[] {
    if (outputs.length >= MOST_OUTPUTS) {
      dropped++;
      return [];
    }
    const before = finishLast(false);
    outputs.push(output);
    return [...before, ...show(output)];
  }

  function update(event: Shown): BridgeEvent[] {
    for (const output of outputs) {
      if ("data" in output && output.displayId === event.displayId) output.data = event.data;
    }
    return [{ ...event, data: forEditor(event.data) }];
  }

  function show(event: Shown): BridgeEvent[] {
    const { e, data, displayId } = event;
    if (e === "update") return update(event);
    return add({ kind: e, data, displayId }, () => [{ ...event, data: forEditor(data) }]);
  }

  function clear(): void {
    outputs = [];
    clearing = false;
    room.left = MOST_TEXT;
  }

  return {
    take(event) {
      if (clearing && ["stream", "display", "result", "error"].includes(event.e)) clear();
      switch (event.e) {
        case "stream":
          return print(event.name, event.text);
        case "display":
        case "result":
        case "update":
          return show(event);
        case "cut":
          lost += event.bytes;
          return [];
        case "clear":
          if (event.wait) clearing = true;
          else clear();
          return [event];
        case "error": {
          const error = { name: event.name, message: event.value, stack: event.traceback.join("\n") };
          return add({ kind: "error", error }, () => [event]);
        }
        default:
          return [event];
      }
    },
    has: (displayId) => outputs.some((output) => "data" in output && output.displayId === displayId),
    finish() {
      const notes = [
        dropped > 0 ? `[… ${dropped} more outputs were not kept …]\n` : "",
        lost > 0 ? `[… ${formatSize(lost)} came faster than they could be taken, and were lost …]\n` : "",
      ];
      return [...finishLast(true), ...text("stderr", notes.join(""))];
    },
    contents: () => outputs.map(contentOf),
    get error() {
      const last = outputs.findLast((output) => "error" in output);
      if (!last || !("error" in last)) return null;
      const { name, message, stack } = last.error;
      return { name, message, traceback: stack };
    },
    get size() {
      return outputs.reduce((sum, output) => sum + sizeOf(output), 0);
    },
  };
}

function contentOf(output: Output): OutputContent {
  const { kind } = output;
  if ("text" in output) {
    return { kind, items: [{ mime: STREAM_MIME[kind]!, bytes: Buffer.from(output.text.shown) }] };
  }
  if ("error" in output) {
    return { kind, items: [{ mime: ERROR_MIME, bytes: Buffer.from(JSON.stringify(output.error)) }] };
  }
  const items = Object.entries(output.data).map(([mime, value]) => ({ mime, bytes: bytesOf(mime, value) }));
  return { kind, items };
}

function sizeOf(output: Output): number {
  if ("text" in output) return output.text.shown.length;
  if ("error" in output) return output.error.stack.length;
  return Object.values(output.data).reduce<number>((sum, value) => sum + lengthOf(value), 0);
}

/** As the kernel sends it: text as it is, pictures and the like in base64, JSON as what it says. */
export function bytesOf(mime: string, value: unknown): Buffer {
  if (typeof value !== "string") return Buffer.from(JSON.stringify(value) ?? "null");
  return isText(mime) ? Buffer.from(value) : Buffer.from(value, "base64");
}

const lengthOf = (value: unknown) => (typeof value === "string" ? value.length : (JSON.stringify(value)?.length ?? 0));

/** Without what would make an editor heavy. */
function forEditor(data: MimeData): MimeData {
  const large = Object.entries(data).filter(([, value]) => lengthOf(value) > MOST_FORM_BYTES);
  if (large.length === 0) return data;
  const rest = Object.fromEntries(Object.entries(data).filter(([mime]) => !large.some(([one]) => one === mime)));
  const notes = large.map(([mime, value]) => `[${mime}, ${formatSize(lengthOf(value))}: too large to be shown here]`);
  return { ...rest, "text/plain": [notes.join("\n"), rest["text/plain"] ?? ""].join("\n").trim() };
}
