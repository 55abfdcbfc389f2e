import { expect, test } from "vitest";
import type { SpoolRecord } from "../../ingest/spool";
import type { IngestBatch } from "../../store/contract";
import { addToBatch } from "../batch";
import { createTargetListeners } from "./listeners";

const ROOT = "/home/far/.modeltrail/jobs/j/work";
const place = { stage: "/nowhere/stage", origin: "/home/near/wine", project: "", collectedSince: () => null };
const environment = {
  ...{ python: "3.11.2", executable: "/usr/bin/python3", implementation: "cpython", platform: "Linux", cpu: "x" },
  ...{ cores: 2, memory: 1, gpus: [], packages: { "scikit-learn": "1.5", numpy: "2.0", lib: "0.1" }, imported: [] },
  variables: { PYTHONHASHSEED: "0", TOKEN: "x" },
};
const from = { process: "1-1", t: 5 };
const host: SpoolRecord = {
  ...{ ...from, e: "host", root: ROOT, home: "/home/far", environment },
  modules: { "scikit-learn": ["sklearn"], numpy: ["numpy"], lib: ["lib"] },
  folders: { "/home/far/lib": "lib 0.1", [`${ROOT}/own`]: "own 1.0" },
};
const open = (path: string, mode: "r" | "w"): SpoolRecord => ({
  ...{ ...from, e: "open", path, mode, size: 9, mtimeNs: "1", ctimeNs: "1", ino: "1" },
});
const file = (path: string, sha256: string | null): SpoolRecord => ({
  ...{ ...from, e: "file", path, sha256, size: 9, mtimeNs: "1" },
});

async function hear(events: SpoolRecord[]): Promise<IngestBatch> {
  const side = createTargetListeners({ target: "box", place });
  const heard = [...side.translate(events, false), ...side.translate([], true)];
  const batch: IngestBatch = {};
  for (const listener of side.listeners) listener.hear(heard);
  for (const listener of side.listeners) await listener.finish();
  for (const listener of side.listeners) addToBatch(batch, listener.take());
  return batch;
}

test("the machine is as it says, with what was imported, and no variable that may be a secret", async () => {
  const imports: SpoolRecord[] = ["sklearn", "nothing"].map((name) => ({ ...from, e: "import", name }));
  const told = await hear([{ ...host, environment: { ...environment, python: null } }, host, ...imports]);
  expect(told.environment).toEqual({
    ...environment,
    imported: ["scikit-learn"],
    variables: { PYTHONHASHSEED: "0" },
  });
  expect(told.gaps).toEqual([expect.objectContaining({ kind: "environment", path: "/home/far/lib" })]);
});

test("samples are points of the system", async () => {
  const sample: SpoolRecord = { ...from, e: "sample", step: 3, values: { cpu_percent: 50, memory_mb: 10 } };
  expect((await hear([host, sample])).points).toEqual([
    {
      source: "system",
      points: [
        { key: "system/cpu_percent", value: 50, step: 3, time: 5 },
        { key: "system/memory_mb", value: 10, step: 3, time: 5 },
      ],
    },
  ]);
});

test("files elsewhere on the target are data by what it says of them, and nothing of this machine is asked", async () => {
  const { data, gaps } = await hear([
    host,
    ...[open("/data/big.csv", "r"), open("/etc/passwd", "r"), open("/scratch/out.bin", "w"), open("/tmp/x", "w")],
    ...[open("/home/far/.cache/pip/x", "r"), open("/data/token.pem", "r"), open("/scratch/gone", "w")],
    ...[file("/data/big.csv", "ab"), file("/etc/passwd", null), file("/scratch/out.bin", "cd"), file("/tmp/x", "ef")],
  ]);
  expect(data).toEqual([
    { path: "/data/big.csv", sha256: "ab", size: 9, role: "read" },
    { path: "/etc/passwd", sha256: null, size: 9, role: "read" },
    { path: "/scratch/out.bin", sha256: "cd", size: 9, role: "write" },
  ]);
  expect(gaps!.map(({ kind, path }) => [kind, path])).toEqual(
    expect.arrayContaining([
      ["hash-only", undefined],
      ["missing", "/etc/passwd"],
      ["other", "/data/token.pem"],
    ]),
  );
});

test("silence is a gap", async () => {
  const { gaps, data } = await hear([open("/data/big.csv", "r")]);
  expect(data ?? []).toEqual([]);
  expect(gaps).toEqual([expect.objectContaining({ kind: "tracer", message: expect.stringContaining("box") })]);
});

test("logged artifacts wait until they were brought; what lies elsewhere is a gap", async () => {
  const side = createTargetListeners({ target: "box", place });
  side.translate([host], false);
  const hasher = { hash: async () => ({ files: [], gaps: [] }), close: async () => {} };
  const kept = side.keepFiles([{ path: "/tmp/model.pkl", size: 1, mtimeNs: "1" }], hasher);
  let settled = false;
  void kept.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(false);
  for (const listener of side.listeners) await listener.finish();
  expect(await kept).toEqual({ artifacts: [], gaps: [expect.objectContaining({ path: "/tmp/model.pkl" })] });
});
