/** The objects of a store as files. */
import { join } from "node:path";
import { entries, fileSize } from "./sizes";

export interface ObjectFile {
  sha256: string;
  /** Bytes. */
  size: number;
}

/** All objects in order of their hash, a portion (those whose hashes begin alike) at a time. */
export async function* listObjectFiles(folder: string): AsyncGenerator<ObjectFile[]> {
  const objects = join(folder, "objects");
  const starts = (await entries(objects)).map(({ name }) => name).filter((name) => /^[0-9a-f]{2}$/.test(name));
  for (const start of starts.sort()) {
    const names = (await entries(join(objects, start))).map(({ name }) => name).filter(isRest);
    yield await Promise.all(
      names.sort().map(async (name) => ({ sha256: start + name, size: await fileSize(join(objects, start, name)) })),
    );
  }
}

const isRest = (name: string) => /^[0-9a-f]{62}$/.test(name);
