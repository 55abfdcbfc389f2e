import * as z from "zod";
import { RunStatus } from "../domain/run";
import { RUNS } from "../domain/search/grammars";
import { parseFilter } from "../domain/search/parseFilter";
import { parseOrder } from "../domain/search/parseOrder";
import type { SortKey } from "../store/contract";
import { runInShort } from "./inWords";
import { tool } from "./tool";

export const listRuns = tool({
  name: "list_runs",
  title: "List Runs",
  description:
    "Lists recorded training runs, newest first unless sorted otherwise, with their params and the last values of their metrics. Sort by metric:NAME to find the best. The answer also says how many runs fit, and which experiments there are.",
  input: z.object({
    experiment: z.string().optional().describe("Only runs of this experiment"),
    status: z.array(RunStatus).optional().describe("Only runs with one of these"),
    text: z.string().optional().describe("Only runs with this text in name, note, tags, experiment or script"),
    script: z.string().optional().describe("Only runs of this script, as a path from the project's folder"),
    sort: z
      .string()
      .regex(/^(?:startTime|endTime|name|status|duration|(?:metric|param):.+)$/)
      .optional()
      .describe("startTime, endTime, name, status, duration, metric:NAME or param:NAME"),
    order: z.enum(["asc", "desc"]).default("desc"),
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().optional().describe("From the `next` of the answer before"),
  }),
  answer(store, { experiment, status, text, script, sort, order, limit, cursor }) {
    const key = (sort ?? "startTime") as SortKey;
    const page = store.listRuns({
      experiment,
      status,
      text,
      script,
      sort: { key, descending: order === "desc" },
      limit,
      cursor,
    });
    const experiments = store.listExperiments().map(({ name, runs }) => ({ name, runs }));
    return {
      total: page.total,
      runs: page.runs.map(runInShort),
      next: page.next,
      experiments: experiments.slice(0, 50),
    };
  },
});

export const searchRuns = tool({
  name: "search_runs",
  title: "Search Runs",
  description:
    "Finds runs by a filter in MLflow's grammar, with `or` and parentheses. For example: metrics.accuracy > 0.9 and (params.lr = '0.1' or tags.team = 'vision') and attributes.status = 'FINISHED'. Names with special characters stand in backticks. Order by e.g. [\"metrics.loss ASC\"].",
  input: z.object({
    filter: z.string(),
    orderBy: z.array(z.string()).max(5).default([]),
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().optional().describe("From the `next` of the answer before"),
  }),
  answer(store, { filter, orderBy, limit, cursor }) {
    const { ids, next } = store.search.runs({
      experiments: null,
      view: "active",
      filter: parseFilter(filter, RUNS, { nested: true }),
      order: parseOrder(orderBy, RUNS),
      artifacts: { prefix: "", suffix: "" },
      limit,
      token: cursor ?? null,
    });
    const byId = new Map(store.getSummaries(ids).map((run) => [run.id, run]));
    return { runs: ids.flatMap((id) => byId.get(id) ?? []).map(runInShort), next };
  },
});
