import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ApplyOptions, ReadyRoute, ServingHandle } from "../../src/deploy/contract";
import { makeKubernetesServing } from "../../src/deploy/kubernetes/kubernetesServing";
import type { TargetOf } from "../../src/domain/targets";
import { findProgram } from "../../src/snapshot/findProgram";
import { ask, stream, until } from "../deploy/callers";
import { localDeployment } from "../deploy/local";
import { python } from "../recorder/cli";
import { type MockCluster, startMockCluster } from "./fixtures/mockCluster";

const hasKubectl = findProgram("kubectl") !== undefined;
if (!hasKubectl) console.warn("No kubectl (Debian: kubernetes-client): the tests that need it are left out.");

let cluster: MockCluster;
beforeEach(async () => {
  cluster = await startMockCluster({ python });
});
afterEach(async () => {
  await cluster.stop();
});

/** A deployment of stubs on the mock cluster, whose images are known by their bundles. */
function deployment(serving: TargetOf<"kubernetes">["serving"] = {}, more: Partial<TargetOf<"kubernetes">> = {}) {
  const { store, plan, route: stub, signal } = localDeployment();
  const cache = mkdtempSync(path.join(tmpdir(), "kubectl-"));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  const env = { ...process.env, KUBECACHEDIR: cache };
  const settings = {
    ...{ kind: "kubernetes" as const, kubeconfig: cluster.kubeconfig, ...more },
    serving: { image: "registry.test/{model}:{version}", ...serving },
  };
  const target = makeKubernetesServing("k8s", settings, { store, env }) as Exclude<
    ReturnType<typeof makeKubernetesServing>,
    Promise<unknown>
  >;
  let handle: ServingHandle | null = null;
  const steps: string[] = [];
  function route(version: number, part: Parameters<typeof stub>[1] = {}): ReadyRoute {
    const made = stub(version, part);
    cluster.images.set(`registry.test/wine:${version}`, made.ready.folder);
    return made;
  }
  const keep = (known: ServingHandle) => {
    handle = known;
  };
  async function apply(routes: ReadyRoute[], options: Partial<ApplyOptions> & { token?: string } = {}) {
    const before = handle;
    const onStep = (step: string, detail: string) => void steps.push(`${step}: ${detail}`);
    const whole = { handle, keep, onStep, verify: async () => {}, signal: signal(), ...options };
    try {
      handle = await target.apply(plan(routes, { target: "k8s" }, options.token), whole);
    } catch (error) {
      handle = before;
      throw error;
    }
    return handle;
  }
  return {
    ...{ target, route, apply, steps, plan, signal },
    handle: () => handle!,
    status: () => target.status(handle!, signal()),
    undeploy: () => target.undeploy(handle!, signal()),
  };
}

const kinds = () => [...cluster.objects.values()].map(({ kind }) => kind).sort();
const versions = () =>
  [...cluster.objects.values()]
    .filter(({ kind, metadata }) => kind === "Deployment" && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.labels["modeltrail.dev/version"]);

describe.skipIf(!hasKubectl)("models on Kubernetes, by the real kubectl and a mock of a cluster", () => {
  test("exchanged and gone back without a failed request, asked through the cluster, and nothing is left", async () => {
    const { target, route, apply, steps, plan, signal, handle, status, undeploy } = deployment();
    expect(await target.check(plan([route(1)], { target: "k8s" }), signal())).toEqual([]);
    const first = await apply([route(1)]);
    expect(first).toMatchObject({ name: "wine", namespace: "team", url: "http://wine.team.svc" });
    expect(await status()).toMatchObject({
      ...{ state: "live", detail: null, endpoint: "http://wine.team.svc" },
      versions: [{ version: 1, role: "champion", percent: 100, ready: true }],
    });
    const access = target.access(handle(), null);
    const answer = await access.request("/invocations", { body: '{"inputs":[7]}' });
    expect(JSON.parse(answer.body.toString())).toEqual({ predictions: [1], inputs: [7] });

    const url = await cluster.address("wine");
    // The stub ends at once, also on connections that are kept.
    const callers = stream(url, 50, { keepAlive: false });
    const asked: unknown[] = [];
    await apply([route(2)], {
      async verify(_route, way) {
        const { body } = await way.request("/invocations", { body: "{}" });
        asked.push(JSON.parse(body.toString()).predictions, versions());
      },
    });
    expect(asked).toEqual([[2], ["1", "2"]]);
    await until(() => versions().join() === "2", "the old version is gone");
    steps.length = 0;
    await apply([route(1)]);
    expect(steps.filter((step) => step.startsWith("switch"))).toEqual(["switch: Giving the requests to version 1"]);
    await until(async () => (await ask(url, {})).body.predictions?.[0] === 1, "version 1 answers again");
    const { answers, unanswered } = await callers.end();
    expect({ unanswered, statuses: [...new Set(answers.map((one) => one.status))] }).toEqual({
      unanswered: 0,
      statuses: [200],
    });
    const again = await access.request("/invocations", { body: "{}" });
    expect(JSON.parse(again.body.toString()).predictions).toEqual([1]);
    await undeploy();
    expect(kinds()).toEqual([]);
    await undeploy();
    expect((await status()).state).toBe("gone");
  }, 60_000);
});
