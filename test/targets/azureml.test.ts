/** Serving on Azure ML: a stub of Azure's program, and Azure's real inference server for what is deployed. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeAzureServing } from "../../src/deploy/azureml/azureServing";
import { AzureHandle } from "../../src/deploy/azureml/handle";
import type { ServingOf } from "../../src/domain/targets";
import type { Store } from "../../src/store/contract";
import { pythonOfPlatforms } from "../serve/python";
import { startAzureStub } from "./fixtures/azureStub";
import { cloudDeployment } from "./fixtures/cloudDeployment";
import { answerOf, QUESTION } from "./fixtures/servedBundle";

const python = pythonOfPlatforms();
if (!python) console.warn("No MODELTRAIL_TEST_PLATFORMS_PYTHON: serving on Azure ML is not tried.");
const SETTINGS = { kind: "azureml", workspace: "ws", resourceGroup: "rg", subscription: "sub" } as const;

describe.skipIf(!python || process.platform === "win32").concurrent("Azure ML", () => {
  async function cloud(onTestFinished: (action: () => void | Promise<void>) => void) {
    const deployment = cloudDeployment(onTestFinished);
    const stub = await startAzureStub(python!);
    onTestFinished(() => stub.stop());
    return {
      ...{ ...deployment, stub },
      at: (settings: Partial<ServingOf<"azureml">> = {}, env = stub.env) =>
        makeAzureServing("cloud", { ...SETTINGS, ...settings }, { store: {} as Store, env }),
      handle: () => AzureHandle.parse(deployment.handle()),
    };
  }

  test("a bad version that no caller sees, shares, a shadow, and nothing that is left", async ({ onTestFinished }) => {
    const { stub, at, route, apply, plan, handle, signal } = await cloud(onTestFinished);
    const target = await at({ instanceCount: 2, env: { COLOUR: "red" } });
    const cost = expect.stringMatching(/^2 × Standard_DS3_v2 is paid for until it is undeployed/);
    expect(await target.check(plan([route(1)]), signal())).toEqual([{ severity: "warning", message: cost }]);
    const requirements = [
      "numpy==2.4.6",
      "orjson==3.13.0",
      "scikit-learn==1.7.2",
      "fastapi==0.165.0",
      "pydantic==2.14.3",
    ];
    const first = route(1, { requirements });
    await apply(target, [first]);
    const ask = async (headers = {}, body = QUESTION) => {
      const access = target.access(handle(), null);
      const answer = await access.request("/invocations", { body, headers });
      const told = JSON.parse(answer.body.toString());
      return [answer.status, told.predictions?.[0] ?? told.message];
    };
    expect(await ask()).toEqual([200, answerOf(1)]);
    expect(await ask({}, '{"inputs": [[1]]}')).toEqual([400, "Row 1: expected 3 values, got 1."]);
    const endpoint = stub.endpoints.get(handle().endpoint)!;
    const [deployment] = endpoint.deployments.values();
    expect(deployment!.told).toMatchObject({
      ...{ instance_type: "Standard_DS3_v2", instance_count: 2, environment_variables: { COLOUR: "red" } },
      conda: {
        dependencies: [
          "python=3.11",
          "pip",
          { pip: [expect.stringMatching(/^azureml-inf/), ...requirements.slice(0, 3)] },
        ],
      },
    });

    const [known] = handle().parts;
    stub.changes.length = 0;
    const shared = [{ ...first, percent: 90 }, route(2, { role: "challenger", percent: 10, isWrong: true })];
    await expect(apply(target, shared)).rejects.toThrow(/is 1008\.5, not 8\.5/);
    expect(stub.changes).toEqual(["online-deployment create", "online-deployment delete"]);
    expect([endpoint.traffic, handle().parts]).toEqual([{ [known!.deployment]: 100 }, [known]]);

    await apply(target, [{ ...first, percent: 90 }, route(3, { role: "challenger", percent: 10 })]);
    const counted = await Promise.all(Array.from({ length: 100 }, () => ask()));
    expect(counted.filter(([, answer]) => answer === answerOf(3))).toHaveLength(10);
    expect(await ask({ "x-modeltrail-version": "3" })).toEqual([200, answerOf(3)]);

    const shares = { ...endpoint.traffic };
    stub.refusal = { of: "online-endpoint update", said: "(Conflict) Another operation goes on." };
    const halves = [{ ...first, percent: 50 }, route(3, { role: "challenger", percent: 50 })];
    await expect(apply(target, halves)).rejects.toThrow(/could not share the requests[\s\S]*Another operation/);
    stub.refusal = null;
    expect([endpoint.traffic, handle().parts.length, endpoint.deployments.size]).toEqual([shares, 2, 2]);

    stub.key = "another-key";
    await apply(target, [route(3), { ...first, role: "shadow" }]);
    expect(await ask()).toEqual([200, answerOf(3)]);
    const versions = [
      { version: 3, role: "champion", percent: 100, ready: true },
      { version: 1, role: "shadow", percent: 50, ready: true },
    ];
    expect(await target.status(handle(), signal())).toMatchObject({ state: "live", versions });
    stub.copies.length = 0;
    await Promise.all(Array.from({ length: 100 }, () => ask()));
    expect(stub.copies).toHaveLength(50);
    const log = await target.log(handle(), 20, signal());
    expect([log.length, log.filter((line) => /^Version \d/.test(line)).length]).toEqual([20, 2]);

    await apply(target, [first]);
    expect([...endpoint.deployments.keys()]).toEqual([known!.deployment]);
    expect([endpoint.traffic, endpoint.mirror_traffic]).toEqual([{ [known!.deployment]: 100 }, {}]);
    await target.undeploy(handle(), signal());
    await target.undeploy(handle(), signal());
    expect(stub.endpoints.size).toBe(0);
    expect(await target.status(handle(), signal())).toMatchObject({ state: "gone" });
  }, 120_000);

  test("what Azure refuses is told and taken back; what somebody began who died is found", async ({
    onTestFinished,
  }) => {
    const { stub, at, route, apply, plan, handle, signal } = await cloud(onTestFinished);
    const target = await at();
    const check = async (one = target) =>
      (await one.check(plan([route(1)]), signal())).map(({ message }) => message).join();
    expect(await check(await at({}, { PATH: "/nowhere" }))).toMatch(/az, which is not installed.*az login/);
    expect(await check(await at({ workspace: "other" }))).toMatch(/there is no such workspace/);
    stub.refusal = { of: "", said: "Please run 'az login' to setup account." };
    expect(await check()).toMatch(/not signed in/);
    stub.refusal = { of: "", said: "'ml' is misspelled or not recognized by the system." };
    expect(await check()).toMatch(/az extension add --name ml/);
    stub.refusal = { of: "online-deployment create", said: "(OutOfQuota) Not enough cores of Standard_DS3_v2." };
    await expect(apply(target, [route(1)])).rejects.toThrow(/quota is used up[\s\S]*Standard_DS3_v2/);
    expect(stub.endpoints.size).toBe(0);
    stub.refusal = null;
    const broken = route(4);
    writeFileSync(path.join(broken.ready.folder, "model/predict.py"), 'raise RuntimeError("no such model")');
    await expect(apply(target, [broken])).rejects.toThrow(/did not come up[\s\S]*It printed:[\s\S]*no such model/);
    expect(stub.endpoints.size).toBe(0);

    const dies = async () => {
      stub.refusal = { of: "", said: "It is away." };
      throw new Error("dies");
    };
    await expect(apply(target, [route(1)], { verify: dies })).rejects.toThrow("dies");
    expect(await target.status(handle(), signal())).toMatchObject({ state: "unreachable" });
    stub.refusal = null;
    stub.changes.length = 0;
    await apply(target, [route(1)]);
    expect(stub.changes).toEqual(["online-endpoint update"]);
    expect(await target.status(handle(), signal())).toMatchObject({ state: "live" });

    const parts = handle().parts;
    stub.refusal = { of: "online-deployment create", said: "(OutOfQuota) Not enough cores." };
    const shared = [route(1, { percent: 90 }), route(2, { role: "challenger", percent: 10 })];
    await expect(apply(target, shared)).rejects.toThrow(/quota is used up/);
    stub.refusal = null;
    expect([handle().parts, (await target.status(handle(), signal())).state]).toEqual([parts, "live"]);

    const elsewhere = await at({ resourceGroup: "other" });
    await expect(apply(elsewhere, [route(1)])).rejects.toThrow(/Undeploy it there/);
    const taken = await at({ endpoint: handle().endpoint });
    await expect(apply(taken, [route(1)], { handle: null })).rejects.toThrow(/not of this deployment/);
    const shadows = [route(1), route(2, { role: "shadow" }), route(3, { role: "shadow" })];
    expect(await target.check(plan(shadows), signal())).toMatchObject([
      { severity: "error", message: expect.stringContaining("one shadow only") },
      { severity: "warning", message: expect.stringContaining("For each version") },
      { severity: "warning", message: expect.stringContaining("50 %") },
    ]);
    await target.undeploy(handle(), signal());
  }, 120_000);
});
