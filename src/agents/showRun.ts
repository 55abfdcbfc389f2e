import * as z from "zod";
import type { Run } from "../domain/run";
import { first, isoTime, runInShort } from "./inWords";
import { tool } from "./tool";

/** Files, packages and metrics that are told one by one. */
const LISTED = 60;

export const RunReference = z.string().describe("A run's id, the beginning of one, its name, or `latest`");

export const showRun = tool({
  name: "show_run",
  title: "Show Run",
  description:
    "Tells all of one run: params, every metric with its last, lowest and highest value, code, data, config and environment versions, artifacts, and what could not be captured (gaps).",
  input: z.object({ run: RunReference }),
  answer: (store, { run }) => describeRun(store.getRun(store.resolveRun(run))!),
});

function describeRun(run: Run): Record<string, unknown> {
  const { snapshot, artifacts, gaps, warnings, startTime, endTime, command, cwd, parent, pinned, repeats } = run;
  const { code, environment } = snapshot;
  const filesOf = (role: "read" | "write") =>
    first(
      snapshot.data.flatMap(({ role: own, ...file }) => (own === role ? file : [])),
      LISTED,
    );
  return {
    ...runInShort(run),
    id: run.id,
    command,
    cwd,
    started: isoTime(startTime),
    ended: endTime === null ? null : isoTime(endTime),
    ...(parent === null ? {} : { parent }),
    ...(pinned ? { pinned } : {}),
    ...(repeats > 1 ? { runsWithTheSameInputs: repeats } : {}),
    params: run.params,
    metrics: first(
      Object.entries(run.metrics).map(([name, summary]) => ({ name, ...summary })),
      LISTED,
    ),
    code: { commit: code.commit, head: code.head, branch: code.branch, dirty: code.dirty },
    config: first(snapshot.config, LISTED),
    datasets: first(snapshot.datasets, LISTED),
    dataRead: filesOf("read"),
    dataWritten: filesOf("write"),
    artifacts: first(artifacts, LISTED),
    environment: environment && {
      python: environment.python,
      platform: environment.platform,
      cpu: environment.cpu,
      gpus: environment.gpus,
      packages: Object.fromEntries(environment.imported.map((name) => [name, environment.packages[name]])),
      installed: Object.keys(environment.packages).length,
      variables: environment.variables,
    },
    gaps: first(gaps, LISTED),
    warnings: first(warnings, LISTED),
  };
}
