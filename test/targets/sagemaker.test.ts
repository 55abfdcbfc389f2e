/** Models at SageMaker: moto behind a stub of endpoints, whose variants are served by the real app. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Access, ApplyOptions, ReadyRoute, ServingHandle, ServingPlan } from "../../src/deploy/contract";
import { smokeTest } from "../../src/deploy/rollout/smokeTest";
import { type Aws, openAws } from "../../src/deploy/sagemaker/aws";
import type { SageMakerHandle } from "../../src/deploy/sagemaker/handle";
import { type SageMakerOptions, sagemakerServing } from "../../src/deploy/sagemaker/sagemakerServing";
import type { SageMakerSettings } from "../../src/deploy/sagemaker/variants";
import { tempStore } from "../../src/store/testStore";
import { findAws, startAws, type TestAws } from "./fixtures/aws";
import { motoClient, signedFor } from "./fixtures/motoClient";
import { answerOf, QUESTION, servedRoute } from "./fixtures/servedBundle";

const found = findAws();
const BUCKET = "models";
const signal = AbortSignal.timeout(180_000);

describe.skipIf(!found)("models at SageMaker", () => {
  let aws: TestAws;
  let folder: string;
  const settings: SageMakerSettings = {
    kind: "sagemaker",
    role: "arn:aws:iam::123456789012:role/serve",
    image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve@sha256:0123",
    bucket: `s3://${BUCKET}/served`,
  };
  const route = (version: number, part: Parameters<typeof servedRoute>[2] = {}) => servedRoute(folder, version, part);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "modeltrail-sagemaker-"));
    aws = await startAws(found!);
    await fetch(`${aws.url}/${BUCKET}`, { method: "PUT", headers: signedFor("s3") });
  }, 60_000);
  afterAll(async () => {
    await aws?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One deployment, asked as callers of it and as its rollouts do. */
  function deployment(more: Partial<SageMakerSettings> = {}, options: Partial<SageMakerOptions> = {}, env = {}) {
    const store = tempStore();
    const quick = { open: () => motoClient(aws.url), pace: 10, ...options };
    const target = sagemakerServing("cloud", { ...settings, ...more }, { store, env: { ...aws.env, ...env } }, quick);
    const state = { handle: null as ServingHandle | null, steps: [] as string[], tried: [] as number[] };
    const plan = (routes: ReadyRoute[], part: Partial<ServingPlan> = {}): ServingPlan => ({
      ...{ name: "Wine tasting", settings: { target: "cloud" }, routes, token: null, ...part },
    });
    const apply = async (routes: ReadyRoute[], part: Partial<ApplyOptions> = {}) => {
      state.steps.length = 0;
      const handle = await target.apply(plan(routes), {
        handle: state.handle,
        keep(known) {
          state.handle = known;
        },
        onStep: (step, detail) => void state.steps.push(`${step}: ${detail}`),
        async verify({ version, ready }, access) {
          state.tried.push(version);
          await smokeTest(ready, access, signal);
        },
        ...{ signal, ...part },
      });
      state.handle = handle;
    };
    const access = () => target.access(state.handle!, null);
    const status = () => target.status(state.handle!, signal);
    const undeploy = () => target.undeploy(state.handle!, signal);
    onTestFinished(async () => {
      if (state.handle) await undeploy();
    });
    return { target, state, plan, apply, access, status, undeploy, endpoint: () => state.handle!.endpoint as string };
  }

  const askOne = async (access: Access, headers: Record<string, string> = {}) => {
    const { status, body } = await access.request("/invocations", { body: QUESTION, headers });
    expect(status).toBe(200);
    return JSON.parse(body.toString()).predictions[0] - answerOf(0);
  };
  /** How often each version answers. */
  async function shares(access: Access, times = 20): Promise<Record<number, number>> {
    const counted: Record<number, number> = {};
    for (let turn = 0; turn < times; turn++) {
      const version = await askOne(access);
      counted[version] = (counted[version] ?? 0) + 1;
    }
    return counted;
  }
  /** What of an endpoint is at AWS. */
  async function left(endpoint: string) {
    const client = motoClient(aws.url);
    const ask = (service: string, operation: string, input: object) =>
      client.ask(service, operation, input, { signal, what: "list" });
    const named = { NameContains: endpoint };
    const { Models } = (await ask("sagemaker", "list-models", named)) as { Models: { ModelName: string }[] };
    const { EndpointConfigs } = (await ask("sagemaker", "list-endpoint-configs", named)) as {
      EndpointConfigs: { EndpointConfigName: string }[];
    };
    const { Contents } = (await ask("s3api", "list-objects-v2", { Bucket: BUCKET, Prefix: `served/${endpoint}/` })) as {
      Contents: object[];
    };
    return {
      endpoints: aws.stub.endpoints().filter((name) => name.startsWith(endpoint)).length,
      models: Models.map(({ ModelName }) => Number(/-v(\d+)-/.exec(ModelName)![1])).sort(),
      configs: EndpointConfigs.length,
      bundles: Contents.length,
    };
  }

  test("a version is tried before anybody else asks it, exchanged without a failed request, and nothing is left in the end", async () => {
    const { apply, access, status, undeploy, endpoint, state } = deployment();
    await apply([route(1)]);
    expect(state.tried).toEqual([1]);
    expect(endpoint()).toMatch(/^wine-tasting-[0-9a-f]{8}$/);
    expect(await status()).toEqual({
      ...{ state: "live", detail: null, endpoint: null, traffic: null },
      versions: [{ version: 1, role: "champion", percent: 100, ready: true }],
    });

    let isOver = false;
    const answers: number[] = [];
    const callers = (async () => {
      const known = access();
      while (!isOver) answers.push(await askOne(known));
    })();
    const seen: unknown[] = [];
    await apply([route(2)], {
      async verify(_route, own) {
        seen.push(await askOne(own), await askOne(access()), (await status()).versions);
      },
    });
    isOver = true;
    await callers;
    expect(seen).toEqual([
      ...[2, 1],
      [
        { version: 1, role: "champion", percent: 100, ready: true },
        { version: 2, role: "challenger", percent: 0, ready: true },
      ],
    ]);
    expect(answers).toEqual([...answers].sort());
    expect(new Set(answers)).toEqual(new Set([1, 2]));
    expect((await status()).versions).toEqual([{ version: 2, role: "champion", percent: 100, ready: true }]);
    // What was served before is kept for going back; it is not sent again.
    expect(await left(endpoint())).toEqual({ endpoints: 1, models: [1, 2], configs: 2, bundles: 2 });

    await apply([route(1)]);
    expect(state.steps.filter((step) => step.includes("Sending"))).toEqual([]);
    expect(await askOne(access())).toBe(1);
    await apply([route(3)]);
    expect(await left(endpoint())).toEqual({ endpoints: 1, models: [1, 3], configs: 2, bundles: 2 });

    await undeploy();
    expect(await left(endpoint())).toEqual({ endpoints: 0, models: [], configs: 0, bundles: 0 });
    expect((await status()).state).toBe("gone");
    await undeploy();
  }, 60_000);

  test("in another account, nothing is taken for gone", async () => {
    const signedIn = { account: "123456789012" };
    const open = (): Aws => {
      const client = motoClient(aws.url);
      const ask: Aws["ask"] = async (service, operation, input, options) => {
        if (service === "sts") return { Account: signedIn.account };
        const isOther = signedIn.account !== "123456789012" && operation === "describe-endpoint";
        return client.ask(service, operation, isOther ? { EndpointName: "none" } : input, options);
      };
      return { ...client, ask };
    };
    const { apply, status, undeploy, endpoint } = deployment({}, { open });
    await apply([route(1)]);
    signedIn.account = "999999999999";
    expect(await status()).toMatchObject({
      state: "unreachable",
      detail: expect.stringContaining("signed in to 9999"),
    });
    for (const change of [undeploy(), apply([route(2)])]) await expect(change).rejects.toThrow("signed in to 9999");
    signedIn.account = "123456789012";
    expect(await status()).toMatchObject({ state: "live", detail: null });
    expect(await left(endpoint())).toEqual({ endpoints: 1, models: [1], configs: 1, bundles: 1 });
  }, 60_000);

  test("requests are shared by weight, otherwise at once, and a version can be asked by its number", async () => {
    const { apply, access, status, endpoint, state } = deployment();
    await apply([route(1)]);
    await apply([route(1, { percent: 75 }), route(2, { role: "challenger", percent: 25 })]);
    expect(await shares(access())).toEqual({ 1: 15, 2: 5 });
    expect(await askOne(access(), { "x-modeltrail-version": "2" })).toBe(2);
    aws.stub.asked.length = 0;
    await apply([route(1, { percent: 50 }), route(2, { role: "challenger", percent: 50 })]);
    expect(aws.stub.asked.filter((one) => /^(?:Update|Create)/.test(one) && one !== "CreateModel")).toEqual([
      "UpdateEndpointWeightsAndCapacities",
    ]);
    expect(await shares(access())).toEqual({ 1: 10, 2: 10 });
    expect((await status()).versions.map(({ percent }) => percent)).toEqual([50, 50]);
    // As shares go that are no floats of 32 bits.
    await apply([route(1, { percent: 99.9 }), route(2, { role: "challenger", percent: 0.1 })]);
    expect((await status()).versions.map(({ percent }) => percent)).toEqual([99.9, 0.1]);
    await apply([route(1, { percent: 50 }), route(2, { role: "challenger", percent: 50 })]);
    // What fails now goes back to the shares of before, too; also when somebody has deleted what they are written down in.
    const { config: EndpointConfigName } = (state.handle as SageMakerHandle).served!;
    const remove = { signal, what: "delete it" };
    await motoClient(aws.url).ask("sagemaker", "delete-endpoint-config", { EndpointConfigName }, remove);
    const failing = apply([route(3)], { verify: () => Promise.reject(new Error("It answers wrongly.")) });
    await expect(failing).rejects.toThrow(/^It answers wrongly\.$/);
    expect(await shares(access())).toEqual({ 1: 10, 2: 10 });
    expect((await left(endpoint())).models).toEqual([1, 2]);
    expect((await status()).state).toBe("live");
  }, 60_000);

  test("what does not come up is told in SageMaker's words, and what was served stays", async () => {
    const { apply, access, status, endpoint, target, state, undeploy } = deployment();
    const broken = (version: number) => {
      const made = route(version, { isWrong: true });
      writeFileSync(path.join(made.ready.folder, "model/predict.py"), "raise RuntimeError('no such tree')\n");
      return made;
    };
    await expect(apply([broken(8)])).rejects.toThrow(
      /did not bring it into service: it is Failed\. The primary .* v8-\w+ did not pass the ping.*printed last:.*no such tree/s,
    );
    expect(await left(endpoint())).toEqual({ endpoints: 0, models: [], configs: 0, bundles: 0 });

    await apply([route(1)]);
    await expect(apply([broken(9)])).rejects.toThrow(/has gone back.* v9-\w+ did not pass the ping health check/s);
    expect((await target.log(state.handle!, 100, signal)).join("\n")).toContain("no such tree");
    await expect(apply([route(10, { isWrong: true })])).rejects.toThrow(/answered the sample wrongly/);
    expect(await askOne(access())).toBe(1);
    expect(await status()).toMatchObject({ state: "live", detail: null });
    expect(await left(endpoint())).toEqual({ endpoints: 1, models: [1], configs: 1, bundles: 1 });

    // What is served is not given up because what was served before cannot be taken away.
    const stays = (step: string, detail: string) => {
      if (step === "stop" && detail.startsWith("Keeping")) aws.stub.failNext = "There is no capacity for ml.m5.large.";
      state.steps.push(detail);
    };
    await apply([route(2)], { onStep: stays });
    expect(state.steps.at(-1)).toMatch(/stays, and costs, until the next change.* There is no capacity/);
    expect(await shares(access(), 5)).toEqual({ 2: 5 });
    expect(await status()).toMatchObject({ state: "live", detail: null, versions: [{ version: 2, percent: 100 }] });
    await apply([route(1)]);
    expect(await shares(access(), 5)).toEqual({ 1: 5 });
    expect((await status()).versions).toHaveLength(1);
    expect(await left(endpoint())).toMatchObject({ models: [1, 2], configs: 2 });
    // Of an endpoint that is left Failed, SageMaker lets nothing be done but deleting it.
    aws.stub.breakNext = "The service role was deleted.";
    await expect(apply([route(2)])).rejects.toThrow(/it is Failed\. The service role was deleted\./);
    expect(await shares(access(), 5)).toEqual({ 1: 5 });
    expect(await status()).toMatchObject({ state: "live", detail: null });
    await undeploy();
    expect(await left(endpoint())).toEqual({ endpoints: 0, models: [], configs: 0, bundles: 0 });
  }, 60_000);

  test("who gives up has what was served before, and pays for nothing else", async () => {
    const { apply, access, status, endpoint, target, plan } = deployment({ endpoint: "wine" });
    await apply([route(1)]);
    for (const last of ["start", "switch", "stop"]) {
      const giving = new AbortController();
      const given = apply([route(2)], {
        signal: giving.signal,
        onStep: (step) => step === last && giving.abort(new Error("Given up.")),
      });
      await expect(given).rejects.toThrow("Given up.");
      expect(await shares(access(), 3)).toEqual({ 1: 3 });
      expect(await status()).toMatchObject({ state: "live", detail: null });
      expect(await left(endpoint())).toEqual({ endpoints: 1, models: [1], configs: 1, bundles: 1 });
    }
    // It has a name that others could have wanted.
    const other = { handle: null, keep() {}, onStep() {}, verify: async () => {}, signal };
    await expect(target.apply(plan([route(2)]), other)).rejects.toThrow(
      /has an endpoint wine already, and not of this/,
    );
    expect(await shares(access(), 3)).toEqual({ 1: 3 });
  }, 60_000);

  test("whoever died on the way is followed by one that finds what was begun", async () => {
    let calls = Number.POSITIVE_INFINITY;
    const dying = (): Aws => {
      const client = motoClient(aws.url);
      return {
        ...client,
        ask(service, operation, input, options) {
          if (--calls < 0) throw new Error("It was killed.");
          return client.ask(service, operation, input, options);
        },
      };
    };
    const { apply, access, status, state, endpoint } = deployment({}, { open: dying });
    for (let last = 2; ; last += 2) {
      calls = last;
      const isDone = await apply([route(1)]).then(
        () => true,
        () => false,
      );
      if (isDone) break;
    }
    state.tried.length = 0;
    for (let last = 3; ; last += 3) {
      calls = last;
      const isDone = await apply([route(2)]).then(
        () => true,
        () => false,
      );
      calls = Number.POSITIVE_INFINITY;
      const { versions } = await status();
      expect(versions.filter(({ percent }) => percent > 0)).toHaveLength(1);
      if (isDone) break;
    }
    expect(state.tried.at(-1)).toBe(2);
    // What one left that died at the very end, the next takes away.
    await apply([route(2)]);
    expect(await askOne(access())).toBe(2);
    expect(await status()).toMatchObject({ state: "live", detail: null });
    expect(await left(endpoint())).toMatchObject({ endpoints: 1, models: [1, 2], configs: 2 });
  }, 60_000);

  test("a shadow is tried, then gets its copies, and nobody its answers", async () => {
    const { apply, access, status, state, target, plan } = deployment();
    await apply([route(1), route(2, { role: "shadow", percent: 50 })]);
    expect(state.tried).toEqual([1, 2]);
    const asked = () => Object.entries(aws.stub.requests).find(([model]) => model.startsWith(modelOf(state, 2)))![1];
    const before = asked();
    expect(await shares(access(), 10)).toEqual({ 1: 10 });
    expect(asked() - before).toBe(5);
    expect(await status()).toMatchObject({
      state: "live",
      versions: [
        { version: 1, role: "champion", percent: 100 },
        { version: 2, role: "shadow", percent: 50 },
      ],
    });
    const three = plan([route(1), route(2, { role: "challenger" }), route(3, { role: "shadow" })]);
    const said = await target.check(three, signal);
    expect(said.filter(({ severity }) => severity === "error")).toMatchObject([
      { message: expect.stringContaining("one shadow only") },
    ]);
  }, 60_000);

  test("with alarms, a version is tried at an endpoint of its own, and SageMaker watches while it takes its place", async () => {
    let onAsk = (_operation: string) => {};
    const open = (): Aws => {
      const client = motoClient(aws.url);
      const ask: Aws["ask"] = async (service, operation, input, options) => {
        const told = await client.ask(service, operation, input, options);
        onAsk(operation);
        return told;
      };
      return { ...client, ask };
    };
    const { apply, access, status, endpoint, state } = deployment({ alarms: ["too-many-errors"] }, { open });
    await apply([route(1)]);
    expect(aws.stub.deployment).toBeUndefined();
    await apply([route(2)], {
      async verify(_route, own) {
        expect(await askOne(own)).toBe(2);
        expect((await left(endpoint())).endpoints).toBe(2);
      },
    });
    expect(aws.stub.deployment).toMatchObject({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: "too-many-errors" }] },
    });
    expect(await askOne(access())).toBe(2);
    expect((await status()).versions).toEqual([{ version: 2, role: "champion", percent: 100, ready: true }]);
    expect(await left(endpoint())).toMatchObject({ endpoints: 1, models: [1, 2] });
    const alarmed = {
      onStep(step: string) {
        if (step === "switch") aws.stub.failNext = "The alarm too-many-errors went off.";
      },
    };
    await expect(apply([route(3)], alarmed)).rejects.toThrow(/has gone back to what was served before\. The alarm/);
    expect(await askOne(access())).toBe(2);
    expect((await left(endpoint())).models).toEqual([1, 2]);
    expect(state.handle).toMatchObject({ served: { variants: [{ version: 2 }] } });

    const shared = (percent: number) => [
      route(2, { percent: 100 - percent }),
      route(1, { role: "challenger", percent }),
    ];
    await apply(shared(10));
    const giving = new AbortController();
    onAsk = (operation) => {
      if (operation.endsWith("weights-and-capacities")) giving.abort(new Error("Given up."));
    };
    await expect(apply(shared(50), { signal: giving.signal })).rejects.toThrow("Given up.");
    expect((await status()).versions.map(({ percent }) => percent)).toEqual([90, 10]);
  }, 60_000);

  test("by Amazon's own program: checked, deployed, asked, its log read, and undeployed", async () => {
    const { apply, access, status, target, plan, state, undeploy, endpoint } = deployment({}, { open: openAws });
    expect(await target.check(plan([route(1)]), signal)).toEqual([
      { severity: "warning", message: expect.stringContaining("1 × ml.m5.large is paid for") },
    ]);
    await apply([route(1)]);
    expect(state.handle).toMatchObject({ region: "us-east-1", bundles: `s3://${BUCKET}/served/${endpoint()}/` });
    const answer = await access().request("/invocations", { method: "POST", body: QUESTION });
    expect(answer).toMatchObject({
      status: 200,
      headers: { "content-type": "application/json", "x-modeltrail-version": "1" },
    });
    expect(JSON.parse(answer.body.toString())).toEqual({ predictions: [answerOf(1)] });
    const wrong = await access().request("/invocations", { body: '{"inputs": [["many", 1, 2]]}' });
    expect(wrong).toMatchObject({ status: 400, body: expect.anything() });
    expect(JSON.parse(wrong.body.toString())).toMatchObject({ message: expect.stringContaining('column "a"') });
    await expect(access().request("/metrics")).rejects.toThrow("only predictions");
    expect(await target.log(state.handle!, 1, signal)).toEqual([expect.stringContaining("Ready at port")]);
    expect((await status()).state).toBe("live");
    await undeploy();
    expect(await left(endpoint())).toEqual({ endpoints: 0, models: [], configs: 0, bundles: 0 });
    state.handle = null;
  }, 120_000);

  test("what AWS refuses is told in words, before anything is begun", async () => {
    const check = async (more: Partial<SageMakerSettings>, env: object, part: Partial<ServingPlan> = {}) => {
      const { target, plan } = deployment(more, { open: openAws }, env);
      const said = await target.check(plan([route(1)], part), signal);
      return said.filter(({ severity }) => severity === "error").map(({ message }) => message);
    };
    const [unknown, nobody, absent, bucket, elsewhere, token] = await Promise.all([
      check({}, { AWS_ACCESS_KEY_ID: "unknown" }),
      check({}, { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }),
      check({ program: "no-such-aws" }, {}),
      check({ bucket: "s3://nobodys" }, {}),
      check({ profile: "other" }, {}),
      check({ bucket: undefined }, {}, { token: "a-token" }),
    ]);
    expect(unknown).toEqual([expect.stringMatching(/could not say who you are: it does not know the credentials/)]);
    expect(nobody).toEqual([expect.stringMatching(/no credentials are known here\. Sign in/)]);
    expect(absent).toEqual([expect.stringMatching(/no-such-aws, which is not installed.*aws\.amazon\.com\/cli/)]);
    expect(bucket).toEqual([expect.stringMatching(/could not look into the bucket nobodys: there is no such bucket/)]);
    expect(elsewhere).toEqual([expect.stringMatching(/there is no such profile/)]);
    expect(token).toEqual([
      expect.stringContaining("leave out `token`"),
      expect.stringContaining("give the target a `bucket`"),
    ]);
    const { apply, state } = deployment({}, { open: openAws }, { AWS_DEFAULT_REGION: undefined });
    await expect(apply([route(1)])).rejects.toThrow("Say it as `region` of the target");
    expect(state.handle).toBeNull();
  }, 120_000);

  test("without instances, one version at a time", async () => {
    const { apply, access, status, target, plan } = deployment({ serverless: { memory: 1024 } });
    await apply([route(1)]);
    await apply([route(2)]);
    expect(await askOne(access())).toBe(2);
    expect(await status()).toMatchObject({ state: "live", versions: [{ version: 2 }] });
    const [first] = await target.check(plan([route(1), route(2, { role: "challenger" })]), signal);
    expect(first).toMatchObject({ severity: "error", message: expect.stringContaining("one version at a time") });
  }, 60_000);
});

const modelOf = ({ handle }: { handle: ServingHandle | null }, version: number) => `${handle!.endpoint}-v${version}-`;
