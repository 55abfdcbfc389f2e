/** Shares the output of one command line out among the runs that it started, by the time at which it came. */

interface Piece {
  time: number;
  text: string;
}

export interface Owner {
  since: number;
  /** Absent while it goes on. */
  until?: number;
  append(text: string): void;
}

export interface OutputCut {
  add(text: string, time: number): void;
  /** A run that began at `since` has what comes from then on, until the next one does. */
  give(owner: Owner): void;
  /** Writes what came before this time; without it, all. */
  flush(before?: number): void;
  /** From now on, what comes is written at once. */
  release(): void;
}

/** So much is kept of output that may still turn out to be a run's. */
const MOST = 4 << 20;

/** Times are ms since the epoch. Pieces that came before the first run are nobody's. */
export function createOutputCut(): OutputCut {
  const pieces: Piece[] = [];
  const owners: Owner[] = [];
  let size = 0;
  let holds = true;

  function flush(before = Number.POSITIVE_INFINITY): void {
    while (pieces[0] && pieces[0].time < before) {
      const { time, text } = pieces.shift()!;
      size -= text.length;
      owners.findLast(({ since, until = time }) => since <= time && time <= until)?.append(text);
    }
  }

  return {
    flush,
    add(text, time) {
      pieces.push({ time, text });
      size += text.length;
      while (size > MOST && owners.length === 0) size -= pieces.shift()!.text.length;
      if (!holds) flush();
    },
    give(owner) {
      owners.push(owner);
      owners.sort((a, b) => a.since - b.since);
    },
    release() {
      holds = false;
      flush();
    },
  };
}
