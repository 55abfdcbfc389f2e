/** Which of the numbers from 0 on have been seen, kept as the ranges of them. */
export interface SeenNumbers {
  add(number: number): void;
  count(): number;
  /** How many below `end` are missing. */
  missingBelow(end: number): number;
}

export function createSeenNumbers(): SeenNumbers {
  /** [first, behind the last], apart from each other, in order. */
  let ranges: [number, number][] = [];
  return {
    add(number) {
      const last = ranges.at(-1);
      // Almost always the next one.
      if (last && last[1] === number) last[1]++;
      else if (!ranges.some(([first, end]) => first <= number && number < end)) {
        ranges = join([...ranges, [number, number + 1] as [number, number]].sort(([one], [other]) => one - other));
      }
    },
    count: () => ranges.reduce((sum, [first, end]) => sum + end - first, 0),
    missingBelow(end) {
      const seen = ranges.map(([first, behind]) => Math.max(0, Math.min(behind, end) - first));
      return end - seen.reduce((sum, count) => sum + count, 0);
    },
  };
}

function join(ranges: [number, number][]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [first, end] of ranges) {
    const last = joined.at(-1);
    if (last && last[1] >= first) last[1] = Math.max(last[1], end);
    else joined.push([first, end]);
  }
  return joined;
}
