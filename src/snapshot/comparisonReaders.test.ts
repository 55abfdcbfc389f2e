import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Environment } from "../domain/run";
import type { Store } from "../store/contract";
import { listObjects, putBytes } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { makeRepository, SOURCES, writeFiles } from "./code/testRepository";
import { createComparisonReaders } from "./comparisonReaders";
import { buildHashWorker } from "./testWorker";

let workerFile = "";
beforeAll(() => {
  workerFile = buildHashWorker();
});

const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();

const ENVIRONMENT: Environment = {
  python: "2.7.18",
  executable: python,
  implementation: "cpython",
  platform: "",
  cpu: "",
  cores: 1,
  memory: 1,
  gpus: [],
  packages: {},
  imported: ["numpy"],
  variables: { OMP_NUM_THREADS: "4" },
};

function headOf(store: Store, command: string[], environment: Environment | undefined = ENVIRONMENT) {
  const id = store.createRun(newRun({ name: "first", command }));
  store.ingest(id, { environment });
  return store.getRunHead(id)!;
}

test("files as they are now: hashed, changed, gone, or not to be read", async () => {
  const store = tempStore();
  writeFiles(store.root, { "a.csv": "hello", "folder/b.csv": "" });
  const readers = createComparisonReaders(store, { workerFile });
  const absolute = path.join(store.root, "a.csv");
  expect(await readers.filesNow(["a.csv", "gone.csv", "folder", "folder/b.csv", absolute])).toEqual([
    { path: "a.csv", sha256: expect.stringMatching(/^2cf24dba/), size: 5 },
    null,
    null,
    { path: "folder/b.csv", sha256: expect.stringMatching(/^e3b0c442/), size: 0 },
    { path: absolute, sha256: expect.stringMatching(/^2cf24dba/), size: 5 },
  ]);
  // Looking at the workspace keeps nothing.
  expect(listObjects(store.folder).size).toBe(0);
  await readers.close();
});

test("config, as a run had it and as it is now", async () => {
  const store = tempStore();
  const yaml = "train:\n  lr: 0.1\nlayers: [1, 2]\nsteps:\n  - {name: a}\n";
  const { sha256 } = await putBytes(store.folder, Buffer.from(yaml));
  writeFiles(store.root, { "c.yaml": "train: {lr: 0.2}\n", "list.json": "[1]", "c.ini": "[a]\n" });
  const readers = createComparisonReaders(store);
  expect(await readers.configValues("c.yaml", sha256)).toEqual({
    "train.lr": "0.1",
    layers: "[1,2]",
    steps: '[{"name":"a"}]',
  });
  expect(await readers.configValues("c.yaml", null)).toEqual({ "train.lr": "0.2" });
  for (const name of ["list.json", "c.ini", "none.yaml"]) expect(await readers.configValues(name, null)).toBeNull();
  expect(await readers.configValues("c.yaml", "0".repeat(64))).toBeNull();
});

test("the workspace has the Python that the run's command would get now", async () => {
  const store = tempStore(makeRepository(SOURCES));
  const readers = createComparisonReaders(store, { env: { PATH: path.dirname(python), OMP_NUM_THREADS: "8" } });
  const { code, environment, gaps } = await readers.workspace(headOf(store, ["python3", "train.py"]));
  expect(code.commit).not.toBeNull();
  expect(gaps.filter(({ kind }) => kind !== "environment")).toEqual([]);
  expect(environment).toMatchObject({ python: expect.stringMatching(/^3\.\d+\.\d+$/), implementation: "cpython" });
  expect(environment).toMatchObject({ variables: { OMP_NUM_THREADS: "8" }, imported: ["numpy"] });
});

test("variables are only compared where it is known what a command would get", async () => {
  const store = tempStore(makeRepository(SOURCES));
  const { environment } = await createComparisonReaders(store).workspace(headOf(store, ["./train.sh"]));
  expect(environment!.variables).toEqual(ENVIRONMENT.variables);
});

test("a Python that does not answer makes the environment unknown, and is named", async () => {
  const store = tempStore(makeRepository(SOURCES));
  const broken = path.join(store.root, "python3");
  writeFileSync(broken, "#!/bin/sh\nexit 3\n");
  chmodSync(broken, 0o755);
  const { environment, gaps } = await createComparisonReaders(store).workspace(headOf(store, [broken, "train.py"]));
  expect(environment).toBeNull();
  expect(gaps).toMatchObject([
    { kind: "environment", path: broken, message: expect.stringContaining("does not answer") },
  ]);
});

test("a run that is no Python's is compared by its machine", async () => {
  const store = tempStore(makeRepository(SOURCES));
  const none = { ...ENVIRONMENT, python: null, executable: null, implementation: null };
  const { environment } = await createComparisonReaders(store).workspace(headOf(store, ["./train.sh"], none));
  expect(environment).toMatchObject({ python: null, packages: {} });
  expect(environment!.cores).toBeGreaterThan(0);
});
