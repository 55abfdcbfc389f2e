import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { deploymentFolder } from "../deploymentFolder";
import { logFolder } from "../predictions/files";
import { findPrediction } from "../predictions/read";
import { keepPredictions } from "./predictionKeeper";
import type { LiveRoute } from "./routing";

function keeper(mask: string[]) {
  const store = tempFolder();
  // As one of before may have left them.
  mkdirSync(join(store, "deployments/d/predictions"), { recursive: true, mode: 0o755 });
  const folder = deploymentFolder(store, "d");
  const log = logFolder(folder);
  const kept = keepPredictions(log);
  onTestFinished(() => kept.close());
  kept.set({ mask }, null);
  const route = { role: "champion", model: "m", version: 1 } as LiveRoute;
  return {
    ...{ folder, log },
    async keep(status: number, inputs: unknown, outputs: unknown) {
      const type = "application/json";
      const id = await kept.keep({
        ...{ route, time: Date.now(), latency: 1, path: "/invocations" },
        request: { body: Buffer.from(JSON.stringify(inputs)), type },
        answer: { status, body: Buffer.from(JSON.stringify(outputs)), type },
      });
      const { prediction } = findPrediction(log, id!)!;
      return [prediction.inputs, prediction.outputs];
    },
  };
}

test("where columns are masked, nothing of a request that failed is kept", async () => {
  const { keep } = keeper(["name"]);
  const inputs = { dataframe_records: [{ name: "Ann", age: 3 }] };
  expect(await keep(200, inputs, [1])).toEqual(['{"dataframe_records":[{"name":"***","age":3}]}', "[1]"]);
  expect(await keep(400, { nmae: "Ann" }, { error: 'unknown column "nmae": "Ann"' })).toEqual([null, null]);
});

test.skipIf(process.platform === "win32")("a deployment's files are for their owner alone", async () => {
  const { keep, folder, log } = keeper([]);
  await keep(200, {}, {});
  expect([folder, log].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
});
