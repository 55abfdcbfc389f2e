/** Scripts that name a tracking server, a database or a folder of their own: their runs go there, and are here too. */
import { afterEach, describe, expect, test } from "vitest";
import { createMlflowServer, type MlflowServer } from "../../src/ingest/mlflow/server";
import { tempStore } from "../../src/store/testStore";
import { makeProject, recorded, runSession, useCli, withStore } from "../recorder/cli";
import { pythonWithMlflow } from "./python";

useCli();
const python = pythonWithMlflow() ?? "";
let server: MlflowServer | undefined;
afterEach(async () => {
  server?.http.closeAllConnections();
  await server?.close();
});

/** Logs a run at each place, and prints what is there then. */
const SCRIPT = `
import mlflow, sys
for number, uri in enumerate(sys.argv[1:]):
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("theirs")
    with mlflow.start_run(run_name=f"run {number}") as run:
        mlflow.log_param("place", number)
        mlflow.log_metrics({"loss": 1.0}, step=0)
        mlflow.log_metric("loss", 0.5, step=1)
        with mlflow.start_run(run_name=f"part {number}", nested=True):
            mlflow.log_metric("acc", number)
    found = mlflow.search_runs(output_format="list")
    print(sorted(one.info.run_name for one in found), run.info.run_id, flush=True)
`;

describe.skipIf(!python)("a tracking URI that the script sets", { timeout: 180_000 }, () => {
  test("of a server, a database or a folder is where its runs go, and they are mirrored here", async () => {
    const store = tempStore();
    server = createMlflowServer({ store, secret: "5ec2e7", artifacts: "http" });
    const places = [await server.listen(), "sqlite:///own.db", "file:./mlruns"];
    const cwd = makeProject({ "train.py": SCRIPT });
    const env = { MLFLOW_ALLOW_FILE_STORE: "true" };
    const { code, out, err } = await runSession({ command: recorded([python, "train.py", ...places]), cwd, env });
    expect(code, err.toString()).toBe(0);
    const lines = out.toString().trimEnd().split("\n");
    const upstream = lines.map((line) => line.split(" ").at(-1)!);
    expect(lines).toEqual(places.map((_, number) => `['part ${number}', 'run ${number}'] ${upstream[number]}`));
    // Theirs: whole, and nothing in it of ours.
    expect(store.getRunHead(upstream[0]!)).toMatchObject({
      name: "run 0",
      params: { place: "0" },
      experiment: "theirs",
    });

    const runs = withStore(cwd, (own) => {
      const { runs: listed } = own.listRuns({ sort: { key: "startTime", descending: false } });
      return listed.map(({ id }) => own.getRun(id)!);
    });
    // The first is the recorded run, which keeps its name.
    const outer = runs.filter(({ name }) => !name.startsWith("part"));
    expect(outer.slice(1).map(({ name }) => name)).toEqual(["run 1", "run 2"]);
    expect(outer.map(({ parent }) => parent)).toEqual([null, outer[0]!.id, outer[0]!.id]);
    for (const [number, run] of outer.entries()) {
      expect(run).toMatchObject({
        status: "finished",
        params: { place: String(number) },
        ...(number === 0 ? { tags: { "mlflow.upstreamRun": upstream[0] } } : { id: upstream[number] }),
      });
      expect(run.metrics.loss).toMatchObject({ last: 0.5, count: 2, lastStep: 1 });
      const part = runs.find(({ name }) => name === `part ${number}`);
      expect(part).toMatchObject({ parent: run.id, metrics: { acc: { last: number } } });
    }
    expect(runs).toHaveLength(6);
  });
});
