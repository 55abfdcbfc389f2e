/** Searching runs and experiments. */
import { EXPERIMENTS, RUNS } from "../../../domain/search/grammars";
import { artifactUri } from "../artifactRoot";
import type { JsonObject } from "../json";
import { textsOf } from "../message";
import { API, type Call, get, type MlflowContext, post } from "../route";
import { filterOf, nextPage, orderOf, pagingOf, understood, viewOf } from "../searchRequest";
import { runText } from "../writeRun";
import { experimentNumber, writeExperiment } from "./experiments";

/** MLflow's own sizes of pages. */
const RUNS_STANDARD = 1_000;
const RUNS_MOST = 50_000;
/** Clients ask for any number, and take what they get. */
const EXPERIMENTS_STANDARD = 1_000;
const EXPERIMENTS_MOST = 50_000;
/** Runs read and written at once. */
const PIECE = 100;

export const searchRoutes = [
  post(`${API}/runs/search`, searchRuns),
  post(`${API}/experiments/search`, searchExperiments),
  get(`${API}/experiments/search`, searchExperiments),
];

function searchRuns({ message, context }: Call): Iterable<string> {
  const { limit, token } = pagingOf(message, RUNS_STANDARD, RUNS_MOST);
  const found = understood(() =>
    context.store.search.runs({
      experiments: textsOf(message, "experiment_ids").map(experimentNumber),
      view: viewOf(message, "run_view_type"),
      filter: filterOf(message, RUNS),
      order: orderOf(message, RUNS),
      artifacts: artifactAddress(context),
      limit,
      token,
    }),
  );
  return writeRuns(context, found.ids, found.next);
}

/** See `RunSearch`: the address of a run whose id is a word that no address has is cut there. */
function artifactAddress(context: MlflowContext): { prefix: string; suffix: string } {
  const [prefix, suffix] = artifactUri(context, "runs", "RUN-ID", "artifacts").split("RUN-ID") as [string, string];
  return { prefix, suffix };
}

/** The runs as they are sent: a page may have 50,000. */
function* writeRuns(context: MlflowContext, ids: readonly string[], next: string | null): Iterable<string> {
  const { store } = context;
  yield '{"runs":[';
  for (let from = 0; from < ids.length; from += PIECE) {
    const piece = ids.slice(from, from + PIECE);
    const runs = store.tracking.runs(piece, { metrics: false });
    const metrics = store.search.metricTexts(piece);
    const texts = runs.map((run) => runText(context, run, metrics.get(run.id) ?? ""));
    yield (from === 0 ? "" : ",") + texts.join(",");
  }
  yield next === null ? "]}" : `],"next_page_token":${JSON.stringify(next)}}`;
}

function searchExperiments({ message, context }: Call): JsonObject {
  const { limit, token } = pagingOf(message, EXPERIMENTS_STANDARD, EXPERIMENTS_MOST);
  const { experiments, next } = understood(() =>
    context.store.search.experiments({
      view: viewOf(message, "view_type"),
      filter: filterOf(message, EXPERIMENTS),
      order: orderOf(message, EXPERIMENTS),
      limit,
      token,
    }),
  );
  return { experiments: experiments.map((one) => writeExperiment(context, one)), ...nextPage(next) };
}
