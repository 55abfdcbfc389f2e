/**
 * Whether the bytes of files with a known hash are in the store, for very many at once. A hash is remembered only together
 * with the bytes (or for a file that is looked up singly, see `isRemembered`), and who removes an object forgets its hash; so
 * a sample is enough to see that nobody has emptied the store by hand.
 */
import { hasObject, listObjects } from "../store/objects";

/** Files up to this size are believed; larger ones are few, and may have been above the limit when they were hashed. */
const BELIEVED_BYTES = 2 ** 20;
const SAMPLE = 64;
/** So many are asked for one by one. */
const FEW = 200;

export interface KeptObjects {
  /** `size`: of the file, in bytes. */
  has(sha256: string, size: number): boolean;
  /** Whether the sample has shown that nothing is to be believed: then ask again, `strictly`. */
  readonly isDoubtful: boolean;
}

export function keptObjects(folder: string, count: number, strictly: boolean): KeptObjects {
  const isKept = (sha256: string) => hasObject(folder, sha256);
  if (count <= FEW) return { has: isKept, isDoubtful: false };
  if (strictly) {
    const objects = listObjects(folder);
    return { has: (sha256) => objects.has(sha256), isDoubtful: false };
  }
  let asked = 0;
  let isDoubtful = false;
  return {
    has(sha256, size) {
      if (size > BELIEVED_BYTES) return isKept(sha256);
      if (asked++ % SAMPLE === 0 && !isKept(sha256)) isDoubtful = true;
      return true;
    },
    get isDoubtful() {
      return isDoubtful;
    },
  };
}

/** Whether the hash of a file may be remembered: not that of a small one whose bytes are not kept. */
export const isRemembered = (size: number, kept: boolean) => kept || size > BELIEVED_BYTES;
