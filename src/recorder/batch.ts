/** Putting together what several readers found, for one transaction. */
import type { IngestBatch } from "../store/contract";

const LISTS = ["points", "data", "config", "artifacts", "sources", "datasets", "cells", "gaps", "warnings"] as const;

/** Adds `part` to `batch`; of what can be there once only, the later wins. */
export function addToBatch(batch: IngestBatch, part: IngestBatch): void {
  const { params, tags } = part;
  if (params) batch.params = { ...batch.params, ...params };
  if (tags) batch.tags = { ...batch.tags, ...tags };
  for (const name of LISTS) appendList(batch, part, name);
  if (part.environment) batch.environment = part.environment;
  if (part.process) batch.process = part.process;
  if (part.logSize !== undefined) batch.logSize = part.logSize;
}

function appendList<Name extends (typeof LISTS)[number]>(batch: IngestBatch, part: IngestBatch, name: Name): void {
  const added = part[name] as unknown[] | undefined;
  if (!added?.length) return;
  // A list of our own, so that thousands of files that come one by one are not copied each time.
  const list = (batch[name] as unknown[] | undefined) ?? [];
  for (const item of added) list.push(item);
  batch[name] = list as IngestBatch[Name];
}

/** Nothing in it that the store would have to write. */
export function isEmptyBatch(batch: IngestBatch): boolean {
  return Object.values(batch).every((part) => part === undefined || (Array.isArray(part) && part.length === 0));
}

export function countPoints(batch: IngestBatch): number {
  return (batch.points ?? []).reduce((sum, { points }) => sum + points.length, 0);
}
