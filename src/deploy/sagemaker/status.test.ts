import { expect, test } from "vitest";
import { refusal } from "../cloud/program";
import type { Aws } from "./aws";
import { settled } from "./endpoint";
import type { SageMakerHandle } from "./handle";
import { REASONS } from "./reasons";
import { readStatus } from "./status";

const signal = AbortSignal.timeout(10_000);
const handle: SageMakerHandle = {
  ...{ endpoint: "wine", account: "123456789012", region: "eu-west-1", bundles: null, former: null },
  served: {
    config: "wine-11111111-22222222",
    variants: [
      { name: "v1-aaaaaaaa", model: "wine-v1-aaaaaaaa", bundle: "b1", version: 1, role: "champion", percent: 75 },
      { name: "v2-bbbbbbbb", model: "wine-v2-bbbbbbbb", bundle: "b2", version: 2, role: "challenger", percent: 25 },
    ],
  },
};
const variants = [
  { VariantName: "v1-aaaaaaaa", CurrentWeight: 3, CurrentInstanceCount: 1 },
  { VariantName: "v2-bbbbbbbb", CurrentWeight: 1, CurrentInstanceCount: 1 },
];
const said = (text: string) => refusal({ cloud: "AWS", reasons: REASONS }, "say it", text);

/** Answers in turn, again and again the last; an error is thrown. */
function answering(...answers: unknown[]): Aws {
  const ask = async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { ask, send: ask as never, invoke: ask as never };
}

const stateOf = (aws: Aws) => readStatus({ aws, endpoint: "wine" }, handle, signal);
const endpoint = (EndpointStatus: string, more: object = {}) =>
  answering({
    ...{ EndpointStatus, EndpointConfigName: "wine-11111111-22222222", ProductionVariants: variants, ...more },
  });

test.for([
  ["InService", "live", null],
  ["Updating", "live", /just changing it; it answers meanwhile/],
  ["SystemUpdating", "live", /it answers meanwhile/],
  ["Creating", "starting", /takes some minutes/],
  ["RollingBack", "degraded", /goes back to what was served before/],
  ["UpdateRollbackFailed", "degraded", /mix of old and new versions\. Too few machines\. Deploy/],
  ["OutOfService", "down", /out of service\. Too few machines\./],
  ["Failed", "down", /could not bring it up\. Too few machines\. Deploy it again/],
  ["Deleting", "down", /being deleted/],
] as const)("an endpoint that is %s is told as %s", async ([status, state, detail]) => {
  const told = await stateOf(endpoint(status, { FailureReason: "Too few machines." }));
  expect(told.state).toBe(state);
  if (detail === null) expect(told.detail).toBeNull();
  else expect(told.detail).toMatch(detail);
});

test("versions, shares and what is missing are as SageMaker says", async () => {
  expect((await stateOf(endpoint("InService"))).versions).toEqual([
    { version: 1, role: "champion", percent: 75, ready: true },
    { version: 2, role: "challenger", percent: 25, ready: true },
  ]);
  const [one, two] = variants;
  const halved = await stateOf(
    endpoint("InService", { ProductionVariants: [one, { ...two, CurrentInstanceCount: 0 }] }),
  );
  expect(halved).toMatchObject({ state: "degraded", detail: "Version 2 is not served." });
});

test("what somebody else has brought in is told by its models' names", async () => {
  const other = answering(
    {
      ...{ EndpointStatus: "InService", EndpointConfigName: "other" },
      ProductionVariants: [{ VariantName: "all", CurrentWeight: 1, CurrentInstanceCount: 2 }],
    },
    { ProductionVariants: [{ VariantName: "all", ModelName: "wine-v7-cccccccc" }] },
  );
  expect(await stateOf(other)).toMatchObject({
    ...{ state: "degraded", detail: expect.stringContaining("begun and not ended") },
    versions: [{ version: 7, role: "champion", percent: 100, ready: true }],
  });
});

test("an endpoint that is gone is told from an AWS that does not answer", async () => {
  const missing = said('An error occurred (ValidationException) when …: Could not find endpoint "arn:…/wine".');
  expect((await stateOf(answering(missing, { Account: "123456789012" }))).state).toBe("gone");
  const elsewhere = await stateOf(answering(missing, { Account: "999999999999" }));
  expect(elsewhere).toMatchObject({
    ...{
      state: "unreachable",
      detail: expect.stringContaining("account 123456789012, and you are signed in to 999999999999"),
    },
  });
  const token = said("Error loading SSO Token: Token for https://start.example.com does not exist");
  expect((await stateOf(answering(token))).state).toBe("unreachable");
  const away = said('Could not connect to the endpoint URL: "https://api.sagemaker.eu-west-1.amazonaws.com/"');
  const told = await stateOf(answering(away));
  expect(told).toMatchObject({ state: "unreachable", detail: expect.stringContaining("Look at the network") });
});

test("a network that goes away for a while ends no waiting; one that was never there does", async () => {
  const away = said("Connect timeout on endpoint URL");
  const [creating, done] = [{ EndpointStatus: "Creating" }, { EndpointStatus: "InService" }];
  const place = (...answers: unknown[]) => ({ aws: answering(...answers), endpoint: "wine", pace: 1 });
  const heard: string[] = [];
  const onWait = (doing: string) => void heard.push(doing);
  expect(await settled(place(creating, away, away, creating, done), { signal, onWait })).toEqual(done);
  expect(heard).toEqual(["AWS does not answer"]);
  await expect(settled(place(away), { signal })).rejects.toThrow("it does not answer");
  const denied = said("An error occurred (AccessDeniedException) when calling the DescribeEndpoint operation");
  await expect(settled(place(creating, denied), { signal })).rejects.toThrow("Ask whoever administers the account");
});
