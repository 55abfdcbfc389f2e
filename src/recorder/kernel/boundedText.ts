/** Printed text, as much of it as is worth showing: its beginning, what was cut, its end. All of it is in the run's log. */
import { formatSize } from "../../domain/format";

/** Characters of the end that are shown in any case. */
const END = 50_000;

export interface BoundedText {
  /** Gives what of `text` is to be shown now: nothing any more, once the beginning is full. */
  push(text: string): string;
  /** Nothing more comes: gives what is to be shown last. `isLast`: nothing else is shown behind it. */
  finish(isLast: boolean): string;
  /** All that was shown. */
  readonly shown: string;
}

/** `room`: how many characters may still be shown, here and elsewhere. */
export function boundedText(room: { left: number }): BoundedText {
  let shown = "";
  let end = "";
  let cut = 0;

  function show(text: string): string {
    // A progress bar writes its line again and again, and needs room only once.
    const start = text.startsWith("\r") && text[1] !== "\n" ? shown.lastIndexOf("\n") + 1 : shown.length;
    room.left -= text.length - (shown.length - start);
    shown = shown.slice(0, start) + text;
    return text;
  }

  return {
    push(text) {
      const frames = lastFrames(text);
      if (cut === 0 && frames.length <= room.left) return show(frames);
      const fitting = cut === 0 ? frames.slice(0, Math.max(0, room.left)) : "";
      const rest = frames.slice(fitting.length);
      cut += rest.length;
      end = (end + rest).slice(-END);
      return fitting === "" ? "" : show(fitting);
    },
    finish(isLast) {
      if (cut === 0) return "";
      if (!isLast) end = "";
      const missing = cut - end.length;
      const note = missing > 0 ? `\n[… ${formatSize(missing)} more: the run's log has all of it …]\n` : "";
      const last = note + end;
      cut = 0;
      end = "";
      return show(last);
    },
    get shown() {
      return shown;
    },
  };
}

/** Of what is overwritten within its line, only what stays. */
function lastFrames(text: string): string {
  return text.includes("\r") ? text.replaceAll(/(?<=^|\n)[^\n]*\r(?=[^\r\n])/g, "\r") : text;
}
