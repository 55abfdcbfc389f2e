import { type Frame, parseFrame } from "./frame";

/** Longer than any frame: what is longer is none, and is not kept. */
const LONGEST_LINE = 1 << 20;

export interface FrameReaderOptions {
  onFrame(frame: Frame): void;
  /** A line that is no frame: what a login prints, a fault of the agent, half a frame. */
  onNoise?(line: string): void;
}

/** Finds frames in bytes that arrive in pieces, cut anywhere. */
export function createFrameReader({ onFrame, onNoise }: FrameReaderOptions): { push(chunk: Buffer): void } {
  let rest = "";

  function take(line: string): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    // Something that ends without a newline may stand before it, half a frame for one.
    const start = text.lastIndexOf("%mt ");
    const frame = start < 0 ? null : parseFrame(text.slice(start));
    if (frame) onFrame(frame);
    else if (text !== "") onNoise?.(text);
  }

  return {
    push(chunk) {
      // Frames are ASCII; of other lines no byte is worth more.
      const lines = (rest + chunk.toString("latin1")).split("\n");
      rest = lines.pop()!.slice(0, LONGEST_LINE);
      for (const line of lines) take(line);
    },
  };
}
