/** `modeltrail models card` */
import { readFile, writeFile } from "node:fs/promises";
import { UserError } from "../../domain/errors";
import { modelCard } from "../../registry/card";
import { fillCard, readCardTexts } from "../../registry/cardTexts";
import { resolveVersion } from "../../registry/resolveVersion";
import { withStore } from "../open";
import { oneLine, print } from "../print";

export interface CardOptions {
  out?: string;
  from?: string;
  intendedUse?: string;
  limitations?: string;
}

export async function cardCommand(reference: string, options: CardOptions): Promise<void> {
  const { out, from, intendedUse, limitations } = options;
  await withStore(async (store) => {
    const version = resolveVersion(store, reference);
    const read = from === undefined ? {} : readCardTexts(await textOf(from));
    // What is asked for by name is not to be undone by a file.
    fillCard(store, version, {
      ...read,
      ...(intendedUse === undefined ? {} : { "intended-use": intendedUse }),
      ...(limitations === undefined ? {} : { limitations }),
    });
    const card = modelCard(store, store.registry.version(version.model, version.version)!);
    if (out === undefined) process.stdout.write(card);
    else {
      await writeFile(out, card);
      print(
        `Wrote ${oneLine(out)}. Fill in what it is for, then take it over: modeltrail models card ${oneLine(reference)} --from ${oneLine(out)}`,
      );
    }
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} could not be read: ${(error as Error).message}`, { cause: error });
  }
}
