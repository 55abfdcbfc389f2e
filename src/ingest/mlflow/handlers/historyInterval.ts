/** One metric of several runs, thinned out evenly, as MLflow's charts ask for it. */
import { type Columns, lowerBound, upperBound } from "../../../store/columns";
import { invalid, missing } from "../errors";
import { type JsonObject, toInt64 } from "../json";
import { optionalInteger, requiredText, textsOf } from "../message";
import { API, type Call, get } from "../route";

const MOST_RUNS = 100;
/** Points of each run. */
const MOST_POINTS = 2_500;

export const intervalRoutes = [get(`${API}/metrics/get-history-bulk-interval`, getInterval)];

function getInterval({ message, context }: Call): JsonObject {
  const { tracking } = context.store;
  const runs = textsOf(message, "run_ids");
  if (runs.length === 0) throw invalid("Missing value for required parameter 'run_ids'.");
  if (runs.length > MOST_RUNS) {
    throw invalid(
      `GetMetricHistoryBulkInterval request must specify at most ${MOST_RUNS} run_ids. Received ${runs.length} run_ids.`,
    );
  }
  const key = requiredText(message, "metric_key");
  const most = optionalInteger(message, "max_results") ?? MOST_POINTS;
  if (most < 1 || most > MOST_POINTS) throw invalid(`max_results must be between 1 and ${MOST_POINTS}.`);
  const [start, end] = [optionalInteger(message, "start_step"), optionalInteger(message, "end_step")];
  if ((start === undefined) !== (end === undefined)) {
    throw invalid("If either start step or end step are specified, both must be specified.");
  }
  if (start !== undefined && end !== undefined && start > end) {
    throw invalid(`end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`);
  }
  for (const id of runs) if (!tracking.run(id)) throw missing(`Run with id=${id} not found`);
  const metrics = runs.flatMap((run_id) => {
    const points = tracking.history(run_id, key);
    return sample(points, start ?? -Infinity, end ?? Infinity, most).map((place) => ({
      key,
      value: points.values[place]!,
      timestamp: toInt64(Math.trunc(points.times[place]!)),
      step: toInt64(points.steps[place]!),
      run_id,
    }));
  });
  return { metrics };
}

/** Places of points at an even distance from each other, the first and the last of the interval among them. */
function sample({ steps }: Columns, start: number, end: number, most: number): number[] {
  const from = lowerBound(steps, start);
  const last = upperBound(steps, end) - 1;
  const count = Math.min(last - from + 1, most);
  if (count <= 1) return last >= from ? [last] : [];
  return Array.from({ length: count }, (_, index) => from + Math.round((index * (last - from)) / (count - 1)));
}
