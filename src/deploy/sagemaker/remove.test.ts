import { expect, test } from "vitest";
import type { Aws } from "./aws";
import { tidy } from "./remove";

test("of a bucket, only bundles are removed, though others have something in a folder of the endpoint's name", async () => {
  const [kept, gone] = ["a".repeat(64), "b".repeat(64)];
  const bundles = [kept, gone].map((hash) => `models/wine/${hash}/model.tar.gz`);
  const others = ["models/wine/2026/prices.csv", "models/wine/cellar.json", "models/wine/abc/notes.txt"];
  const removed: unknown[] = [];
  const aws = {
    async ask(_service: string, operation: string, input: object) {
      if (operation === "delete-object") removed.push(input);
      return { Models: [], EndpointConfigs: [], Contents: [...bundles, ...others].map((Key) => ({ Key })) };
    },
  } as Partial<Aws> as Aws;
  const handle = {
    ...{ endpoint: "wine", account: "123456789012", region: "eu-west-1", bundles: "s3://mine/models/wine/" },
    ...{ served: null, former: null },
  };
  const variant = { name: "v1", model: "wine-v1", bundle: kept, version: 1, role: "champion" as const, percent: 100 };
  const served = [{ config: "wine-1", variants: [variant] }];
  await tidy({ aws, endpoint: "wine" }, handle, served, AbortSignal.timeout(10_000));
  expect(removed).toEqual([{ Bucket: "mine", Key: `models/wine/${gone}/model.tar.gz` }]);
});
