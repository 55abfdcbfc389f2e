import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { exportPredictions } from "./export";
import { predictionId } from "./id";
import { openPredictionLog } from "./log";

const python = process.env.MODELTRAIL_TEST_SERVE_PYTHON;

async function filled(count: number) {
  const root = tempFolder();
  const folder = join(root, "log");
  const log = openPredictionLog(folder, {});
  const start = 1_700_000_000_000;
  const all = Array.from({ length: count }, (_, place) => ({
    ...{
      id: predictionId(start + place),
      time: start + place,
      role: "champion" as const,
      model: "m",
      version: 1 + (place % 2),
    },
    ...{
      path: "/invocations",
      status: 200,
      latency: 1.5,
      inputs: '{"a":"=1, \\"x\\""}',
      outputs: "=SUM(A1)",
      key: null,
      of: null,
    },
  }));
  await Promise.all(all.map(log.add));
  log.close();
  return { root, folder, all };
}

const none = async () => null;

test("all of a log goes into lines of JSON and into CSV that is harmless in a spreadsheet", async () => {
  const { root, folder, all } = await filled(2_500);
  const [jsonl, csv] = [join(root, "a.jsonl"), join(root, "a.csv")];
  expect(await exportPredictions(folder, jsonl, {}, none)).toBe(2_500);
  const lines = readFileSync(jsonl, "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(all.map(({ id }) => id));
  expect(JSON.parse(lines[0]!)).toEqual({ ...all[0], label: null, labelled: null, action: null });
  expect(await exportPredictions(folder, csv, { version: 2 }, none)).toBe(1_250);
  const [header, first] = readFileSync(csv, "utf8").split("\r\n");
  expect(header).toBe("id,time,role,model,version,path,status,latency,inputs,outputs,key,of,label,labelled,action");
  const inputs = `"{""a"":""=1, \\""x\\""""}"`;
  expect(first).toBe(`${all[1]!.id},${all[1]!.time},champion,m,2,/invocations,200,1.5,${inputs},'=SUM(A1),,,,,`);
});

test("what cannot be written leaves nothing behind", async () => {
  const { root, folder } = await filled(3);
  await expect(exportPredictions(folder, join(root, "a.xlsx"), {}, none)).rejects.toThrow(
    /\.csv, \.jsonl or \.parquet/,
  );
  await expect(exportPredictions(folder, join(root, "a.parquet"), {}, none)).rejects.toThrow(/pip install pyarrow/);
  await expect(exportPredictions(folder, join(root, "none/a.csv"), {}, none)).rejects.toThrow(/could not be written/);
  expect(readdirSync(root)).toEqual(["log"]);
});

test.skipIf(!python)("a file of the log that cannot be read is told, whatever is written", async () => {
  const { root, folder } = await filled(1_500);
  writeFileSync(join(folder, "999999999999999.sqlite"), "no database at all, but a text of some length. ".repeat(100));
  for (const name of ["a.jsonl", "a.parquet"]) {
    await expect(exportPredictions(folder, join(root, name), {}, async () => python!)).rejects.toThrow(
      /999999999999999\.sqlite/,
    );
  }
  expect(readdirSync(root)).toEqual(["log"]);
});

test.skipIf(!python)("Parquet is read back as it was", async () => {
  const { root, folder, all } = await filled(20);
  const file = join(root, "a.parquet");
  expect(await exportPredictions(folder, file, {}, async () => python!)).toBe(20);
  const program =
    "import json, sys, pyarrow.parquet as pq; print(json.dumps(pq.read_table(sys.argv[1]).to_pylist(), default=str))";
  const rows = JSON.parse(execFileSync(python!, ["-c", program, file], { encoding: "utf8" }));
  expect(rows.map(({ id }: { id: string }) => id)).toEqual(all.map(({ id }) => id));
  expect(rows[0]).toMatchObject({ time: "2023-11-14 22:13:20+00:00", inputs: all[0]!.inputs, version: 1, label: null });
});
