/** Names of files as a run on this machine has them: never by the stage, which is gone tomorrow. */
import { replaceFolder } from "../../domain/replaceFolder";
import type { DataHasher } from "../../snapshot/data";
import type { IngestBatch } from "../../store/contract";
import type { StagePlace } from "./stagePlace";

type Folders = Pick<StagePlace, "stage" | "origin">;

/** Files of the code's root that are outside of the project have their full name, which is that of the stage otherwise. */
export function nameHashed(hasher: DataHasher, folders: Folders): DataHasher {
  return {
    ...hasher,
    async hash(requests, signal) {
      const { files, gaps } = await hasher.hash(requests, signal);
      return {
        files: files.map((file) => ({ ...file, name: named(file.name, folders) })),
        gaps: gaps.map((gap) => named(gap, folders)),
      };
    },
  };
}

/** The same for all that a batch tells. */
export function nameBatch(batch: IngestBatch, folders: Folders): IngestBatch {
  const { points: _, cells: __, checkpoint: ___, ...texts } = batch;
  return { ...batch, ...named(texts, folders) };
}

/** In every text of a value, and in every key. */
function named<Value>(value: Value, folders: Folders): Value {
  if (typeof value === "string") return (value.includes(folders.stage) ? toOrigin(value, folders) : value) as Value;
  if (Array.isArray(value)) return value.map((item) => named(item, folders)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [named(key, folders), named(item, folders)]);
  return Object.fromEntries(entries) as Value;
}

const toOrigin = (text: string, { stage, origin }: Folders) => replaceFolder(text, stage, origin);
