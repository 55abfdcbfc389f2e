/** Where the files of a run on a target are on this machine. */
import { join, relative, sep } from "node:path";

export interface StagePlace {
  /** The folder that holds the project as the job got it, and later what the command made of it. It stands for `origin`. */
  stage: string;
  /** The user's own folder: the root of the code. */
  origin: string;
  /** The project's folder in it, with `/`; "" is itself. */
  project: string;
  /**
   * Ms since the epoch, by the clock of the disk: since then, what the command has left is brought into the stage. Null: it is
   * not yet. What changed in it before that was made by us.
   */
  collectedSince(): number | null;
}

/** The stage's own path for a folder of the user's that lies in it; others stay what they are. */
export function inStage({ stage, origin }: StagePlace, path: string): string {
  return moved(path, origin, stage);
}

/** The other way round. */
export function atOrigin({ stage, origin }: StagePlace, path: string): string {
  return moved(path, stage, origin);
}

function moved(path: string, from: string, to: string): string {
  const inside = relative(from, path);
  return inside === ".." || inside.startsWith(`..${sep}`) ? path : join(to, inside);
}
