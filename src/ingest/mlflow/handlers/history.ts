/** The points of one metric, all at once or in pages. A million of them are written as they are sent. */
import type { Columns } from "../../../store/columns";
import { invalid } from "../errors";
import { toInt64 } from "../json";
import { optionalInteger, requiredText, runIdOf, textOf } from "../message";
import { pageToken, readPageToken } from "../pageToken";
import { API, type Call, get } from "../route";

/** As many points does MLflow give in a page at most. */
const PAGE_LIMIT = 25_000;
/** Points written at once. */
const PIECE = 2_000;

export const historyRoutes = [get(`${API}/metrics/get-history`, getHistory)];

function getHistory({ message, context }: Call): Iterable<string> {
  const id = runIdOf(message);
  const key = requiredText(message, "metric_key");
  const wanted = optionalInteger(message, "max_results");
  if (wanted !== undefined && wanted <= 0) {
    throw invalid(`Invalid value ${wanted} for parameter 'max_results' supplied. It must be a positive integer.`);
  }
  const from = readPageToken(textOf(message, "page_token"));
  const points = context.store.tracking.history(id, key);
  const total = points.steps.length;
  const to = wanted === undefined ? total : Math.min(total, from + Math.min(wanted, PAGE_LIMIT));
  return writeHistory(key, points, from, to, to < total ? pageToken(to) : null);
}

function* writeHistory(key: string, points: Columns, from: number, to: number, next: string | null): Iterable<string> {
  const name = JSON.stringify(key);
  yield '{"metrics":[';
  for (let start = from; start < to; start += PIECE) {
    let piece = "";
    for (let i = start; i < Math.min(to, start + PIECE); i++) {
      piece += `${i === from ? "" : ","}{"key":${name},"value":${writeDouble(points.values[i]!)},"timestamp":${toInt64(Math.trunc(points.times[i]!))},"step":${toInt64(points.steps[i]!)}}`;
    }
    yield piece;
  }
  yield next === null ? "]}" : `],"next_page_token":${JSON.stringify(next)}}`;
}

function writeDouble(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}
