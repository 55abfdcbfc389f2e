/** Where a page begins, in MLflow's own form: a number of entries to pass over. */
import { invalid } from "./errors";
import { isObject } from "./message";

export function pageToken(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString("base64");
}

/** 0 for no token. Throws MlflowError for what is none of ours. */
export function readPageToken(token: string): number {
  if (token === "") return 0;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (isObject(value) && Number.isSafeInteger(value.offset) && (value.offset as number) >= 0) {
      return value.offset as number;
    }
  } catch {}
  throw invalid("Invalid page token, could not be parsed. Start again without one.");
}
