/** `modeltrail models card` */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { UserError } from "../../domain/errors";
import { modelCard } from "../../registry/card";
import { fillCard, isCard, notTakenOver, readCardTexts } from "../../registry/cardTexts";
import { resolveVersion } from "../../registry/resolveVersion";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
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
      await refuseLoss(store, version, out, reference);
      await writeFile(out, card);
      print(
        `Wrote ${oneLine(out)}. Fill in what it is for, then take it over: modeltrail models card ${oneLine(reference)} --from ${oneLine(out)}`,
      );
    }
  });
}

/** Throws UserError when the file is there and has something that the card, as it is kept, has not. */
async function refuseLoss(store: Store, { model, version }: ModelVersion, file: string, reference: string) {
  if (!existsSync(file)) return;
  const differing = notTakenOver(store, store.registry.version(model, version)!, await cardIn(file));
  if (differing.length === 0) return;
  throw new UserError(
    `What ${file} says under ${differing.join(", ")} is not kept with ${model}/${version}, and would be lost. Take it over: modeltrail models card ${reference} --from ${file}\nOr write the card into another file.`,
  );
}

async function cardIn(file: string): Promise<string> {
  const text = await textOf(file);
  if (isCard(text)) return text;
  throw new UserError(`${file} is there already and is no model card. Choose another name.`);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} could not be read: ${(error as Error).message}`, { cause: error });
  }
}
