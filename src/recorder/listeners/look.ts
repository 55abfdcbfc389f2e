/** Looking at folders that may be gone, or closed to us, in the next moment. */
import { lstatSync, readdirSync } from "node:fs";

/** Nothing where there is nothing to see. */
export function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Ms since the epoch; 0 when it is gone. */
export function changeTime(path: string): number {
  try {
    return lstatSync(path).ctimeMs;
  } catch {
    return 0;
  }
}
