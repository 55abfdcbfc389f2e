import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { importFrom } from "../ingest/importers/importFrom";
import { artifactUrl, mlflowClient, proxiedPath } from "../ingest/importers/mlflowClient";
import { contextOf, outcomes } from "../ingest/importers/testImport";
import { createMlflowServer } from "../ingest/mlflow/server";
import type { Store } from "../store/contract";
import { objectPath, putBytes } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { exportToMlflow } from "./exportToMlflow";

const VALUES = [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1 + 0.2, 1e-300];

async function recorded(store: Store): Promise<{ parent: string; child: string }> {
  const parent = store.createRun(
    newRun({ name: "parent", experiment: "wine / quality", startTime: 1_700_000_000_000, note: "n" }),
  );
  const points = VALUES.map((value, step) => ({ key: "loss", step, time: 1_700_000_000_000 + step, value }));
  const many = Array.from({ length: 2_500 }, (_, step) => ({
    key: "many",
    step,
    time: 1_700_000_000_000,
    value: step,
  }));
  const artifact = { path: "plots/a b.txt", ...(await putBytes(store.folder, Buffer.from("a plot\n"))) };
  store.endRun(
    parent,
    { status: "finished", exitCode: 0, signal: null, endTime: 1_700_000_009_000 },
    {
      params: { lr: "0.1", text: "größe" },
      tags: { stage: "dev" },
      points: [{ source: "api", points: [...points, ...many] }],
      artifacts: [artifact],
    },
  );
  const child = store.createRun(
    newRun({ name: "child", experiment: "wine / quality", startTime: 1_700_000_000_500, parent }),
  );
  store.endRun(child, { status: "killed", exitCode: null, signal: "SIGTERM", endTime: 1_700_000_001_000 });
  return { parent, child };
}

async function serve(): Promise<{ store: Store; url: string; close(): Promise<void> }> {
  const store = tempStore();
  const server = createMlflowServer({ store, secret: "s".repeat(32), artifacts: "http" });
  return { store, url: await server.listen(), close: () => server.close() };
}

test("runs that are sent to a server and imported from it are the same, and are sent once", async () => {
  const from = tempStore();
  const { parent, child } = await recorded(from);
  const server = await serve();
  try {
    const first = await exportToMlflow(from, server.url, [parent, child], { env: {} });
    expect(first.runs.map(({ name, outcome, left }) => [name, outcome, left])).toEqual([
      ["parent", "exported", []],
      ["child", "exported", []],
    ]);
    expect((await exportToMlflow(from, server.url, [parent, child])).runs.map(({ outcome }) => outcome)).toEqual([
      "present",
      "present",
    ]);
    expect(server.store.listRuns({}).total).toBe(2);
    // The address has a secret in it.
    expect(first.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/t\/\*\*\*$/);

    const place = { kind: "mlflow-server" as const, location: server.url };
    const to = tempStore();
    expect(outcomes(await importFrom(to, place, contextOf(to)))).toEqual({ imported: 2 });
    for (const id of [parent, child]) {
      const [here, there] = [from.getRun(id)!, to.getRun(id)!];
      for (const field of [
        "name",
        "experiment",
        "status",
        "startTime",
        "parent",
        "endTime",
        "params",
        "metrics",
        "note",
        "artifacts",
      ] as const) {
        expect(there[field], field).toEqual(here[field]);
      }
      expect(there.tags).toMatchObject(here.tags);
      expect(JSON.stringify(there)).not.toContain("s".repeat(32));
      for (const key of Object.keys(here.metrics)) {
        const { points } = from.metricHistory(id, key, 0, 10_000);
        expect(to.metricHistory(id, key, 0, 10_000).points).toEqual(points);
      }
    }
    const { sha256 } = to.getRun(parent)!.artifacts[0]!;
    expect(readFileSync(objectPath(to.folder, sha256), "utf8")).toBe("a plot\n");
    // Where they come from they are not taken back.
    expect(outcomes(await importFrom(from, place, contextOf(from)))).toEqual({ recorded: 2 });

    from.setNote(parent, "later");
    from.ingest(parent, {
      points: [{ source: "api", points: [{ key: "loss", step: 9, time: 1_700_000_000_009, value: 7 }] }],
    });
    expect((await exportToMlflow(from, server.url, [parent, child])).runs.map(({ outcome }) => outcome)).toEqual([
      "updated",
      "present",
    ]);
    expect(outcomes(await importFrom(to, place, contextOf(to)))).toEqual({ updated: 1, present: 1 });
    expect(to.getRun(parent)).toMatchObject({ note: "later", metrics: { loss: { count: 7, last: 7 } } });
  } finally {
    await server.close();
  }
});

test("the models that a run logged come with it", async () => {
  const from = tempStore();
  const { parent } = await recorded(from);
  const server = await serve();
  try {
    const { runs } = await exportToMlflow(from, server.url, [parent], { env: {} });
    const client = mlflowClient(server.url, { env: {} });
    const run = (await client.get("/api/2.0/mlflow/runs/get", { run_id: runs[0]!.mlflowId })).run as Described;
    const model = { experiment_id: run.info.experiment_id, name: "net", source_run_id: run.info.run_id };
    const made = (await client.post("/api/2.0/mlflow/logged-models", model)).model as Described;
    const base = proxiedPath(made.info.artifact_uri, client.address)!;
    const file = path.join(from.folder, "tmp", "weights");
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "the weights");
    for (const name of ["MLmodel", "data/weights 1.bin"]) await client.upload(artifactUrl(`${base}/${name}`), file);
    const to = tempStore();
    await importFrom(to, { kind: "mlflow-server", location: server.url }, contextOf(to));
    const { artifacts, gaps } = to.getRun(parent)!;
    expect(gaps).toEqual([]);
    const paths = artifacts.map((artifact) => artifact.path);
    expect(paths.sort()).toEqual(["models/net/MLmodel", "models/net/data/weights 1.bin", "plots/a b.txt"]);
  } finally {
    await server.close();
  }
});

interface Described {
  info: { experiment_id: string; run_id: string; artifact_uri: string };
}

test("a server that is not there, and an address that is none, are told in a sentence without the login", async () => {
  const store = tempStore();
  const { parent } = await recorded(store);
  await expect(exportToMlflow(store, "ftp://me:secret@host/x", [parent])).rejects.toThrow(
    '"ftp://***@host/x" is not the address',
  );
  const server = await serve();
  await server.close();
  const told = exportToMlflow(store, server.url.replace("://", "://me:secret@"), [parent]);
  await expect(told).rejects.toThrow(/^The MLflow server http:\/\/127\.0\.0\.1:\d+\/.* could not be reached/);
});
