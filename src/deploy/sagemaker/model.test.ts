import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { refusal } from "../cloud/program";
import type { ReadyBundle } from "../contract";
import { testManifest } from "../testManifest";
import type { Aws } from "./aws";
import { handleOf } from "./handle";
import { keepModel, placeInS3 } from "./model";
import { nameOfConfig, type SageMakerSettings, type Variant, wholeConfig } from "./variants";

const signal = AbortSignal.timeout(10_000);
const settings: SageMakerSettings = {
  kind: "sagemaker",
  role: "arn:aws:iam::123456789012:role/serve",
  image: "host/{model}:{version}-{hash}",
  endpoint: "wine",
};

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "modeltrail-model-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function bundle(): ReadyBundle {
  const made = folder();
  mkdirSync(path.join(made, "model/__pycache__"), { recursive: true });
  for (const name of ["bundle.json", "model/predict.py", "model/__pycache__/predict.pyc"]) {
    writeFileSync(path.join(made, name), name);
  }
  return { hash: "0123456789abcdef0123", folder: made, manifest: testManifest({ version: 3 }) };
}

/** Knows nothing, and keeps what it is asked. */
function recorder() {
  const asked: [operation: string, input: object][] = [];
  const kept = path.join(folder(), "model.tar.gz");
  const aws: Aws = {
    async ask(_service, operation, input, { what }) {
      asked.push([operation, input]);
      if (operation !== "head-object") return null;
      throw refusal({ cloud: "AWS", reasons: [] }, what, "An error occurred (404) when calling HeadObject: Not Found");
    },
    async send(file, to) {
      copyFileSync(file, kept);
      asked.push(["send", { to }]);
    },
    invoke: () => Promise.reject(new Error("Nobody is to be asked.")),
  };
  return { aws, asked, kept };
}

async function keep(own: Partial<SageMakerSettings>) {
  const all = { ...settings, ...own };
  const { aws, asked, kept } = recorder();
  const handle = handleOf(null, all, "wine", { account: "123456789012", region: "eu-west-1" });
  const name = await keepModel({ aws, endpoint: "wine" }, all, handle, bundle(), { onStep() {}, signal });
  return { name, asked, kept, model: asked.at(-1)![1] as Record<string, unknown> };
}

test("without a bucket, the bundle is in an image of its own", async () => {
  const { name, asked, model } = await keep({ subnets: ["subnet-1"], securityGroups: ["sg-1"], env: { LEVEL: "2" } });
  expect(name).toMatch(/^wine-v3-[0-9a-f]{8}$/);
  expect(asked).toHaveLength(1);
  expect(model).toEqual({
    ModelName: name,
    ExecutionRoleArn: settings.role,
    PrimaryContainer: {
      Image: "host/wine:3-0123456789abcdef",
      Environment: { LEVEL: "2", PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" },
    },
    VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
  });
});

test("with one, it is sent as SageMaker unpacks it, and found before what the image has", async () => {
  const { asked, model, kept, name } = await keep({ bucket: "s3://models/a/b", image: "host/serve:1" });
  expect(asked.map(([operation]) => operation)).toEqual(["head-object", "send", "create-model"]);
  const archive = "s3://models/a/b/wine/0123456789abcdef0123/model.tar.gz";
  expect(placeInS3(archive)).toEqual(asked[0]![1]);
  expect(asked[1]![1]).toEqual({ to: archive });
  expect(model).toMatchObject({
    PrimaryContainer: {
      ...{ Image: "host/serve:1", ModelDataUrl: archive },
      Environment: { PYTHONPATH: "/opt/ml/model", PYTHONSAFEPATH: "1" },
    },
  });
  const files = execFileSync("tar", ["-tzf", kept], { encoding: "utf8" }).trim().split("\n").sort();
  expect(files).toEqual(["./", "./bundle.json", "./model/", "./model/predict.py"]);
  const other = await keep({ bucket: "s3://models/a/b", image: "host/serve:2" });
  expect(other.name).not.toBe(name);
});

test("a configuration has the size that is paid for, and is another when that changes", () => {
  const variant: Variant = { name: "v3", model: "wine-v3", bundle: "b", version: 3, role: "champion", percent: 90 };
  const other: Variant = { ...variant, name: "v4", model: "wine-v4", version: 4, role: "challenger", percent: 10 };
  const [one, two] = wholeConfig({ ...settings, instanceCount: 2, startTime: 600 }, [
    variant,
    other,
  ]).ProductionVariants;
  expect(one).toEqual({
    ...{ VariantName: "v3", ModelName: "wine-v3", InitialVariantWeight: 90 },
    ...{ InstanceType: "ml.m5.large", InitialInstanceCount: 2, ContainerStartupHealthCheckTimeoutInSeconds: 600 },
  });
  expect(two).toMatchObject({ VariantName: "v4", InitialVariantWeight: 10 });
  const serverless = wholeConfig({ ...settings, serverless: { concurrency: 9 } }, [variant]);
  expect(serverless.ProductionVariants).toEqual([
    {
      ...{ VariantName: "v3", ModelName: "wine-v3", InitialVariantWeight: 90 },
      ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 9 },
    },
  ]);
  const shadowed = wholeConfig(settings, [variant, { ...other, role: "shadow", percent: 50 }]);
  expect(shadowed).toMatchObject({
    ProductionVariants: [{}],
    ShadowProductionVariants: [{ InitialVariantWeight: 50 }],
  });
  const names = [serverless, shadowed, wholeConfig(settings, [variant])].map((config) => nameOfConfig("wine", config));
  expect(new Set(names).size).toBe(3);
});
