/** Serving on Vertex AI: Google's real program against a stub of the cloud, which runs the real app. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { VertexHandle } from "../../src/deploy/vertex/handle";
import { makeVertexServing } from "../../src/deploy/vertex/vertexServing";
import type { ServingOf } from "../../src/domain/targets";
import { findProgram } from "../../src/snapshot/findProgram";
import type { Store } from "../../src/store/contract";
import { pythonThatServes } from "../serve/python";
import { cloudDeployment } from "./fixtures/cloudDeployment";
import { answerOf, QUESTION } from "./fixtures/servedBundle";
import { startVertexStub } from "./fixtures/vertexStub";

const python = pythonThatServes();
const gcloud = findProgram("gcloud");
if (!gcloud) console.warn("No gcloud: serving on Vertex AI is not tried.");

const BAKED = { kind: "vertex", project: "p", region: "europe-west4", image: "host/p/repo/{model}:{hash}" } as const;

// A second for each time that gcloud is asked.
describe.skipIf(!gcloud || !python).concurrent("Vertex AI", () => {
  async function cloud(onTestFinished: (action: () => void | Promise<void>) => void) {
    const deployment = cloudDeployment(onTestFinished);
    const { folder } = deployment;
    const bundles = new Map<string, string>();
    const stub = await startVertexStub({ python: python!, bundleIn: (image) => bundles.get(image.split(":")[1]!) });
    onTestFinished(() => stub.stop());
    writeFileSync(path.join(folder, "token"), stub.token);
    const env = {
      ...{ PATH: process.env.PATH, HOME: folder, CLOUDSDK_CONFIG: path.join(folder, "gcloud") },
      ...{ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: path.join(folder, "token"), CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "1" },
      CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM: `${stub.url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: `${stub.url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${stub.url}/storage/v1/`,
    };
    return {
      ...{ ...deployment, stub },
      at: (settings: Partial<ServingOf<"vertex">>) =>
        makeVertexServing("cloud", { ...BAKED, ...settings }, { store: {} as Store, env }),
      handle: () => VertexHandle.parse(deployment.handle()),
      route(...how: Parameters<typeof deployment.route>) {
        const made = deployment.route(...how);
        bundles.set(made.bundle.slice(0, 16), made.ready.folder);
        return made;
      },
    };
  }

  test("a bad version that no caller sees, shares, another champion, and nothing that is left", async ({
    onTestFinished,
  }) => {
    const { stub, at, route, apply, plan, handle, steps, signal } = await cloud(onTestFinished);
    const target = await at({ env: { COLOUR: "red,blue" } });
    const cost = { severity: "warning", message: expect.stringContaining("is paid for until it is undeployed") };
    expect(await target.check(plan([route(1)]), signal())).toEqual([cost]);
    await apply(target, [route(1)]);
    const ask = async (headers = {}) => {
      const answer = await target.access(handle(), null).request("/invocations", { body: QUESTION, headers });
      return [answer.status, JSON.parse(answer.body.toString()).predictions?.[0]];
    };
    expect(await ask()).toEqual([200, answerOf(1)]);
    const [model] = stub.models.values();
    const told = { env: [{ name: "COLOUR", value: "red,blue" }], predictRoute: "/invocations" };
    expect(model.containerSpec).toMatchObject(told);
    expect(steps.filter((step) => step.startsWith("verify"))).toHaveLength(1);

    const [first] = handle().parts;
    stub.changes.length = 0;
    await apply(target, [route(1)]);
    expect([stub.changes, handle().parts]).toEqual([[], [first]]);

    const answers: unknown[] = [];
    const end = callers(async () => answers.push(await ask()));
    const shared = [route(1, { percent: 90 }), route(2, { role: "challenger", percent: 10, isWrong: true })];
    await expect(apply(target, shared)).rejects.toThrow(/is 1008\.5, not 8\.5/);
    await end();
    expect(new Set(answers.map(String))).toEqual(new Set([`200,${answerOf(1)}`]));
    expect([stub.models.size, stub.endpoints.size, handle().parts]).toEqual([1, 1, [first]]);
    expect(stub.endpoints.get(handle().endpoint)).toMatchObject({ trafficSplit: { [first!.deployed]: 100 } });

    await apply(target, [route(1, { percent: 90 }), route(3, { role: "challenger", percent: 10 })]);
    const versions = [
      { version: 1, role: "champion", percent: 90, ready: true },
      { version: 3, role: "challenger", percent: 10, ready: true },
    ];
    expect(await target.status(handle(), signal())).toMatchObject({ state: "live", versions });
    const counted = await Promise.all(Array.from({ length: 100 }, () => ask()));
    expect(counted.filter(([, answer]) => answer === answerOf(3))).toHaveLength(10);
    expect(await ask({ "x-modeltrail-version": "3" })).toEqual([200, answerOf(3)]);
    expect(stub.endpoints.size).toBe(1);

    await apply(target, [route(3)]);
    expect(await ask()).toEqual([200, answerOf(3)]);
    expect([stub.models.size, handle().parts.map(({ version }) => version)]).toEqual([1, [3]]);

    await target.undeploy(handle(), signal());
    expect([stub.endpoints.size, stub.models.size]).toEqual([0, 0]);
    await target.undeploy(handle(), signal());
    expect(await target.status(handle(), signal())).toMatchObject({ state: "gone" });
  }, 400_000);

  test("what Vertex AI refuses is told and taken back; what somebody began who died is found", async ({
    onTestFinished,
  }) => {
    const { stub, at, route, apply, plan, handle, signal, steps } = await cloud(onTestFinished);
    const target = await at({ machineType: "n1-standard-4", accelerator: { type: "nvidia-tesla-t4" } });
    const resources = {
      ...{ minReplicaCount: 1, maxReplicaCount: 1 },
      machineSpec: { machineType: "n1-standard-4", acceleratorType: "NVIDIA_TESLA_T4", acceleratorCount: 1 },
    };
    stub.refusal = { code: 8, status: "RESOURCE_EXHAUSTED", message: "Quota 'nvidia_t4' exceeded in region." };
    await expect(apply(target, [route(1)])).rejects.toThrow(
      /could not deploy mt-wine.*quota is used up[\s\S]*nvidia_t4/,
    );
    expect([stub.endpoints.size, stub.models.size]).toEqual([0, 0]);

    stub.refusal = null;
    stub.isSlow = true;
    stub.changes.length = 0;
    const stopping = new AbortController();
    const stopped = apply(target, [route(1)], { signal: stopping.signal });
    const isDeploying = () => stub.changes.some((change) => change.endsWith(":deployModel"));
    await expect.poll(isDeploying, { timeout: 300_000 }).toBe(true);
    expect(stub.asked).toMatchObject({ dedicatedResources: resources });
    stopping.abort(new Error("stopped"));
    await expect(stopped).rejects.toThrow("stopped");
    expect([stub.endpoints.size, stub.models.size]).toEqual([0, 0]);

    stub.isSlow = false;
    // From here on in an image that has the packages only.
    const bare = await at({ image: "host/p/repo/packages:1", bucket: "gs://models/served" });
    const dies = async () => {
      stub.isDown = true;
      throw new Error("dies");
    };
    await expect(apply(bare, [route(1)], { verify: dies })).rejects.toThrow("dies");
    expect(await bare.status(handle(), signal())).toMatchObject({ state: "unreachable" });
    stub.isDown = false;
    expect([stub.endpoints.size, stub.models.size, handle().routes]).toEqual([1, 1, []]);
    stub.changes.length = 0;
    await apply(bare, [route(1)]);
    expect(stub.changes).toEqual([]);
    expect(steps.filter((step) => step.startsWith("verify"))).toHaveLength(1);
    const [model] = stub.models.values();
    const place = /^gs:\/\/(.*)$/.exec(model.artifactUri)![1]!;
    expect(stub.objects.get(`${place}/bundle.json`)).toEqual(
      readFileSync(path.join(route(1).ready.folder, "bundle.json")),
    );
    expect(await bare.status(handle(), signal())).toMatchObject({ state: "live" });
    expect(await bare.log(handle(), 2, signal())).toEqual(["Ready at port 8080.", "Asked."]);
    await bare.undeploy(handle(), signal());
    expect([stub.endpoints.size, stub.models.size, stub.objects.size]).toEqual([0, 0, 0]);

    const [warning] = await bare.check(plan([route(1), route(2, { role: "shadow" })]), signal());
    expect(warning).toMatchObject({ severity: "error", message: expect.stringContaining("no shadows") });
    const elsewhere = await at({ region: "us-central1" });
    await expect(apply(elsewhere, [route(1)])).rejects.toThrow(/served in europe-west4/);
    stub.token = "another";
    const problems = await target.check(plan([route(1)]), signal());
    expect(problems).toMatchObject([
      { severity: "warning", message: expect.stringContaining("1 × n1-standard-4 with 1 nvidia-tesla-t4") },
      { severity: "error", message: expect.stringContaining("gcloud auth login") },
    ]);
  }, 400_000);
});

/** Asks again and again until it is ended. */
function callers(ask: () => Promise<unknown>): () => Promise<void> {
  let isOver = false;
  const asking = (async () => {
    while (!isOver) await ask();
  })();
  return () => {
    isOver = true;
    return asking;
  };
}
