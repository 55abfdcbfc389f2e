/** What our standard output and error are, which the command's are made alike. */
import { fstatSync, type Stats } from "node:fs";
import { isatty } from "node:tty";

export interface Output {
  /** Of the command, in rising order; the bytes go on to our own descriptor of the first. */
  descriptors: (1 | 2)[];
  terminal: boolean;
  /** Writing there can take as long as its reader likes. */
  canBlock: boolean;
}

/** One entry per open file: when output and error are the same file, the order of bytes in it must stay as written. */
export function describeOutputs(): Output[] {
  const [out, error] = [fstatSync(1), fstatSync(2)];
  if (sameFile(out, error)) return [asOutput([1, 2], out)];
  return [asOutput([1], out), asOutput([2], error)];
}

function asOutput(descriptors: (1 | 2)[], stat: Stats): Output {
  const terminal = isatty(descriptors[0]!);
  return { descriptors, terminal, canBlock: terminal || stat.isFIFO() || stat.isSocket() };
}

function sameFile(one: Stats, other: Stats): boolean {
  // Windows gives no identity to what is not a file.
  return one.ino !== 0 && one.dev === other.dev && one.ino === other.ino;
}
