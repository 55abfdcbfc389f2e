/** What a side lacks, so that it may differ more, or less, than is seen. */
import type { ComparedFile, ComparedSide, Uncertainty } from "../domain/comparison";
import type { Gap } from "../domain/run";

/** So many files are named, then counted. */
const NAMED = 20;

export interface Doubts {
  add(sides: readonly number[], message: string, path?: string): void;
  /** The gaps of a run, or of the workspace. */
  addGaps(side: number, gaps: readonly Gap[]): void;
  /** Files of which not all sides are hashed. */
  addFiles(files: readonly ComparedFile[], total: number): void;
  result(): Uncertainty[];
}

export function collectDoubts(sides: readonly ComparedSide[]): Doubts {
  const found = new Map<string, Uncertainty>();

  function add(about: readonly number[], message: string, path?: string): void {
    const known = found.get(message);
    if (known) known.sides = [...new Set([...known.sides, ...about])].sort((one, other) => one - other);
    else found.set(message, { sides: [...about], path: path ?? null, message });
  }

  return {
    add,
    addGaps(side, gaps) {
      for (const gap of gaps) if (matters(gap)) add([side], gap.message, gap.path);
    },
    addFiles(files, total) {
      const unknown = files.filter(({ kind }) => kind === "unknown");
      for (const { path, files: states } of unknown.slice(0, NAMED)) {
        const without = [...states.keys()].filter((side) => states[side]?.sha256 === null);
        // A gap says why already.
        const gap = [...found.values()].find((known) => known.path === path && known.sides.join() === without.join());
        const where = without.length === sides.length ? "" : ` in ${without.map((at) => sides[at]!.name).join(", ")}`;
        if (gap) gap.message += " So it may differ.";
        else add(without, `${path} was never hashed${where}, so it may differ.`, path);
      }
      const left = total - Math.min(unknown.length, NAMED);
      if (left > 0) add([...sides.keys()], `${left} more ${left === 1 ? "file was" : "files were"} never hashed.`);
    },
    result: () => [...found.values()],
  };
}

/** The hash tells whether it is the same though the bytes are not kept, and ignored code that a run used is among its data. */
function matters({ kind }: Gap): boolean {
  return kind !== "hash-only" && kind !== "ignored";
}
