import { expect, test } from "vitest";
import type { ServingPlan } from "../contract";
import type { Aws } from "./aws";
import { checkPlan } from "./check";
import type { SageMakerSettings } from "./variants";

const aws = { ask: async () => ({ Account: "123456789012" }) } as Partial<Aws> as Aws;
const role = "arn:aws:iam::123456789012:role/serve";
const plan: ServingPlan = { name: "wine", settings: { target: "aws" }, routes: [], token: null };

async function said(own: Partial<SageMakerSettings>): Promise<string[]> {
  const settings: SageMakerSettings = { kind: "sagemaker", role, image: "host/{hash}", ...own };
  const problems = await checkPlan(aws, settings, plan, AbortSignal.timeout(10_000));
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

test("each change brings up anew all that is to be served, and that costs", async () => {
  expect(await said({})).toEqual([expect.stringContaining("up to three times that while versions are exchanged")]);
  expect(await said({ alarms: ["errors"] })).toEqual([
    expect.stringContaining("and twice that while versions are exchanged"),
  ]);
  expect(await said({ serverless: {} })).toEqual(["warning: It is paid for by request until it is undeployed."]);
});

test("half of a network is refused", async () => {
  const half = expect.stringMatching(/^error: .*`subnets` and `securityGroups` together/);
  expect(await said({ subnets: ["subnet-1"] })).toContainEqual(half);
  expect(await said({ securityGroups: ["sg-1"] })).toContainEqual(half);
  expect(await said({ subnets: ["subnet-1"], securityGroups: ["sg-1"] })).not.toContainEqual(half);
});

test("alarms are refused where SageMaker does not watch them", async () => {
  expect(await said({ serverless: {}, alarms: ["errors"] })).toContainEqual(
    expect.stringMatching(/^error: .*watches no alarms/),
  );
});
