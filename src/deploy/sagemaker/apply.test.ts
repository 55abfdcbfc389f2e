import { expect, test } from "vitest";
import { refusal } from "../cloud/program";
import { testManifest } from "../testManifest";
import { applyPlan } from "./apply";
import type { Aws } from "./aws";
import { REASONS } from "./reasons";

const signal = AbortSignal.timeout(10_000);
const settings = { kind: "sagemaker", role: "arn:aws:iam::123456789012:role/serve", image: "host/{hash}" } as const;
const served = { config: "wine-11111111-22222222", variants: [] };
const handle = {
  ...{ endpoint: "wine", account: "123456789012", region: "eu-west-1", bundles: null, served, former: null },
};
const options = { handle, keep() {}, onStep() {}, verify: async () => {}, signal };
const plan = { name: "wine", settings: { target: "aws" }, routes: [], token: null };

function answering(answer: (operation: string) => unknown) {
  const asked: string[] = [];
  const aws = {
    async ask(_service: string, operation: string) {
      asked.push(operation);
      return answer(operation);
    },
  } as Partial<Aws> as Aws;
  return { place: { aws, endpoint: "wine", pace: 1 }, asked };
}

test("in another account, nothing of the same name is looked at, and nothing deleted", async () => {
  const { place, asked } = answering(() => ({ Account: "999999999999", EndpointStatus: "InService" }));
  await expect(applyPlan({ place, settings, handle }, plan, options)).rejects.toThrow("signed in to 999999999999");
  expect(asked).toEqual(["get-caller-identity"]);
});

test("who gives up hears what could not be made as it was", async () => {
  const giving = new AbortController();
  const { place } = answering((operation) => {
    if (operation === "create-model") giving.abort(new Error("Given up."));
    if (giving.signal.aborted) throw refusal({ cloud: "AWS", reasons: REASONS }, operation, "Could not resolve host");
    return { Account: "123456789012", EndpointStatus: "InService", ProductionVariants: [] };
  });
  const steps: string[] = [];
  const onStep = (_step: string, detail: string) => void steps.push(detail);
  const ready = { hash: "0123", folder: "/nowhere", manifest: testManifest({}) };
  const route = { model: "wine", version: 1, bundle: "0123", role: "champion" as const, percent: 100, ready };
  const given = { ...options, signal: giving.signal, onStep };
  await expect(applyPlan({ place, settings, handle }, { ...plan, routes: [route] }, given)).rejects.toThrow(
    "Given up.",
  );
  expect(steps.at(-1)).toMatch(/^Going back .* failed, too: .*Look at the network/);
});
