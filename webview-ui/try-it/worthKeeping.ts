import type { Try } from "../../src/protocol/tryIt";

/** Longer answers are not worth being written again with every key that is pressed. */
const MOST_KEPT = 100_000;

/** The newest of them, as many as VS Code should keep for the page. */
export function worthKeeping(tries: readonly Try[]): Try[] {
  let size = 0;
  const end = tries.findIndex(({ body, answer }) => {
    size += body.length + (answer?.body.length ?? 0);
    return size > MOST_KEPT;
  });
  return end < 0 ? [...tries] : tries.slice(0, end);
}
