/** Config files of several sides: which differ, and in what keys. */
import type { ComparedConfig, ComparedText, FileState } from "../domain/comparison";
import { maskValue } from "../domain/secrets";
import type { FileRow } from "./files";
import type { ComparisonReaders } from "./readers";
import { byPath, compareTexts, type Texts } from "./texts";

/** So many config files are taken apart; of further ones it is only told that they differ. */
const TAKEN_APART = 200;

/** `isNow`: whether the side is the workspace. */
export async function compareConfig(
  rows: readonly FileRow[],
  isNow: readonly boolean[],
  readers: Pick<ComparisonReaders, "configValues">,
  all = false,
): Promise<ComparedConfig[]> {
  const compared: ComparedConfig[] = [];
  let left = TAKEN_APART;
  for (const { path, files } of [...rows].sort(byPath)) {
    const hashes = files.map((file) => file?.sha256 ?? null);
    const differs = new Set(hashes).size > 1;
    if (!differs && !all) continue;
    const keys = left-- > 0 ? await compareKeys(path, files, isNow, readers, all) : null;
    compared.push({ path, hashes, differs, keys });
  }
  return compared;
}

async function compareKeys(
  path: string,
  files: readonly (FileState | null)[],
  isNow: readonly boolean[],
  readers: Pick<ComparisonReaders, "configValues">,
  all: boolean,
): Promise<ComparedText[] | null> {
  const sides: Texts[] = [];
  for (const [side, file] of files.entries()) {
    const values = file && (await readers.configValues(path, isNow[side] ? null : file.sha256));
    if (file && !values) return null;
    // A side without the file has none of its keys, which the file's own absence says.
    sides.push(values);
  }
  return compareTexts(sides, all).map(masked);
}

/** Compared with its secret, shown without. */
function masked({ name, values, differs }: ComparedText): ComparedText {
  return { name, values: values.map((value) => value && maskValue(name, value)), differs };
}
