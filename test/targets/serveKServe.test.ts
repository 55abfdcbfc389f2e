import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeKServeServing } from "../../src/deploy/kserve/kserveServing";
import type { KServeSettings } from "../../src/deploy/kserve/manifest";
import { UserError } from "../../src/domain/errors";
import { findProgram } from "../../src/snapshot/findProgram";
import { stream, until } from "../deploy/callers";
import { python } from "../recorder/cli";
import { clusterDeployment, IMAGE, predicted } from "./fixtures/clusterDeployment";
import { type MockCluster, startMockCluster } from "./fixtures/mockCluster";

const hasKubectl = findProgram("kubectl") !== undefined;

let cluster: MockCluster;
beforeEach(async () => {
  cluster = await startMockCluster({ python });
});
afterEach(async () => {
  await cluster.stop();
});

const deployment = (settings: Partial<KServeSettings> = {}) =>
  clusterDeployment(cluster, (context) =>
    makeKServeServing("ks", { kind: "kserve", image: IMAGE, kubeconfig: cluster.kubeconfig, ...settings }, context),
  );
const service = () => cluster.objects.get("/apis/serving.kserve.io/v1beta1/namespaces/team/inferenceservices/wine");
const kinds = () => [...cluster.objects.values()].map(({ kind }) => kind).sort();

describe.skipIf(!hasKubectl)("models by KServe, by the real kubectl and a mock of a cluster", () => {
  test("a challenger gets its share, is promoted and gone back from, without a failed request", async () => {
    const { target, route, plan, apply, handle, access, status, undeploy, signal } = deployment();
    expect(await target.check(plan([route(1)]), signal())).toEqual([]);
    const { url } = (await apply([route(1)])) as { url: string };
    expect(await predicted(access())).toEqual([1]);
    expect(await status()).toMatchObject({
      state: "live",
      endpoint: url,
      versions: [{ version: 1, role: "champion" }],
    });

    const champion = (version: number) => route(version, { percent: 75 });
    const challenger = (version: number) => route(version, { role: "challenger", percent: 25 });
    const before = stream(url, 40, { keepAlive: false });
    const tried: unknown[] = [];
    await apply([champion(1), challenger(2)], {
      async verify({ version }, way) {
        tried.push(version, await predicted(way), service().spec.predictor.canaryTrafficPercent);
      },
    });
    expect(tried).toEqual([2, [2], 0]);
    const first = await before.end();
    expect([first.unanswered, new Set(first.answers.map((one) => one.status))]).toEqual([0, new Set([200])]);
    const shared = stream(url, 100, { keepAlive: false });
    await until(() => shared.count() >= 100, "a hundred answers");
    const asked = (await shared.end()).answers.map(({ body }) => body.predictions![0]);
    expect(asked.slice(0, 100).filter((one) => one === 2).length).toBe(25);
    expect((await status()).versions).toEqual([
      { version: 1, role: "champion", percent: 75, ready: true },
      { version: 2, role: "challenger", percent: 25, ready: true },
    ]);

    const change = stream(url, 40, { keepAlive: false });
    await apply([route(2)]);
    expect(service().spec.predictor.canaryTrafficPercent).toBeUndefined();
    expect((await status()).versions).toMatchObject([{ version: 2, role: "champion", percent: 100 }]);
    await apply([route(1)]);
    expect(await predicted(access())).toEqual([1]);
    const { answers, unanswered } = await change.end();
    expect([unanswered, new Set(answers.map((one) => one.status))]).toEqual([0, new Set([200])]);
    expect(handle()).toMatchObject({ champion: { version: 1 }, challenger: null });
    await undeploy();
    expect(kinds()).toEqual([]);
    await undeploy();
    expect((await status()).state).toBe("gone");
  }, 120_000);

  test("a challenger that fails its test, or does not start, leaves all requests to the champion, and is gone", async () => {
    const { route, apply, access, status, handle } = deployment();
    const token = "shown-by-callers";
    await apply([route(1)], { token });
    const before = kinds();
    const routes = [route(1, { percent: 50 }), route(2, { role: "challenger", percent: 50 })];
    const tried: number[] = [];
    const verify = async ({ version }: { version: number }) => {
      tried.push(version);
      // Going back waits for a cluster that is away.
      cluster.refusal = { code: 503, reason: "ServiceUnavailable" };
      setTimeout(() => {
        cluster.refusal = null;
      }, 300);
      throw new UserError("It answered the sample wrongly.");
    };
    await expect(apply(routes, { verify, token: "another" })).rejects.toThrow("It answered the sample wrongly.");
    // With another token, the champion is another one, too.
    expect(tried).toEqual([1]);
    const broken = [route(1, { percent: 50 }), route(3, { role: "challenger", percent: 50, stub: { fails: true } })];
    await expect(apply(broken, { token })).rejects.toThrow(
      /^Version 3 does not start\. It ended with exit code 3[\s\S]*cannot be read/,
    );
    expect(await status()).toMatchObject({ state: "live", versions: [{ version: 1, percent: 100 }] });
    expect(await predicted(access(token))).toEqual([1]);
    expect((await access(null).request("/invocations", { body: "{}" })).status).toBe(401);
    const besides = (all: string[]) => all.filter((kind) => kind !== "Revision" && kind !== "Pod");
    expect(besides(kinds())).toEqual(besides(before));
    const { labels, canaryTrafficPercent } = service().spec.predictor;
    expect([labels["modeltrail.dev/version"], canaryTrafficPercent]).toEqual(["1", undefined]);
    // Going back to how the same version was served before, for example with more memory.
    const former = handle() as { champion: object };
    const less = { ...former, champion: { ...former.champion, signature: "of less memory" } };
    expect(await apply([route(1)], { token, handle: less, former })).toMatchObject({ champion: former.champion });
  }, 120_000);

  test("what somebody else has made meanwhile is left as it is", async () => {
    const { route, apply, target, signal } = deployment();
    const place = "/apis/serving.kserve.io/v1beta1/namespaces/team/inferenceservices/wine";
    const theirs = { kind: "None", metadata: { name: "wine", labels: { "modeltrail.dev/owner": "them" } }, spec: {} };
    const keep = () => {
      cluster.objects.set(place, theirs);
      // Another cluster is chosen in a terminal: this one goes on with its own.
      const config = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"));
      const other = { name: "other", cluster: { server: "http://127.0.0.1:1" } };
      const contexts = [...config.contexts, { name: "other", context: { cluster: "other", user: "mock" } }];
      const clusters = [...config.clusters, other];
      writeFileSync(cluster.kubeconfig, JSON.stringify({ ...config, clusters, contexts, "current-context": "other" }));
    };
    await expect(apply([route(1)], { keep })).rejects.toThrow(/has an InferenceService wine already/);
    const parts = { name: "wine", namespace: "team", owner: "us", url: null, secrets: [], images: [] };
    await target.undeploy({ ...parts, champion: null, challenger: null }, signal());
    expect(cluster.objects.get(place)).toEqual(theirs);
    // kubectl asks another cluster by now: what is served elsewhere is not taken for gone.
    const elsewhere = { ...parts, champion: null, challenger: null, server: "https://other.test:6443" };
    const message = /served by the cluster at https:\/\/other\.test:6443, and ks is the one at http:/;
    const detail = expect.stringMatching(message);
    expect(await target.status(elsewhere, signal())).toMatchObject({ state: "unreachable", detail });
    await expect(target.undeploy(elsewhere, signal())).rejects.toThrow(message);
    await expect(apply([route(1)], { handle: elsewhere })).rejects.toThrow(message);
  }, 120_000);

  test("where its address is not known here, the ingress is asked through the cluster, by the name that it serves under", async () => {
    const { target } = deployment({ gateway: "istio-system/gateway:8000" });
    const gateway = http.createServer(({ headers, url }, response) => {
      response.end(JSON.stringify({ predictions: [headers.host, url, headers.authorization] }));
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const place = "/api/v1/namespaces/istio-system";
    const metadata = (name: string) => ({ name, namespace: "istio-system", labels: { app: "gateway" } });
    const ports = [{ name: "http", port: 8000, targetPort: 9000 }];
    const service = { apiVersion: "v1", kind: "Service", spec: { selector: { app: "gateway" }, ports } };
    const pod = { apiVersion: "v1", kind: "Pod", spec: { containers: [] }, status: { phase: "Running" } };
    cluster.objects.set(`${place}/services/gateway`, { ...service, metadata: metadata("gateway") });
    cluster.objects.set(`${place}/pods/gateway-0`, { ...pod, metadata: metadata("gateway-0") });
    cluster.ports.set(`${place}/pods/gateway-0`, (gateway.address() as AddressInfo).port);
    const handle = {
      ...{ name: "wine", namespace: "team", owner: "0", url: "http://wine.team.example.com" },
      ...{ secrets: [], images: [], champion: null, challenger: null },
    };
    const asked = await predicted(target.access(handle, "shown"));
    expect(asked).toEqual(["wine.team.example.com", "/invocations", "Bearer shown"]);
    gateway.close();
    // Of a target that was of another kind.
    const other = await target.status({ name: "wine", url: "http://127.0.0.1:1" }, AbortSignal.timeout(5_000));
    expect(other).toMatchObject({ state: "unreachable", detail: expect.stringContaining("of another kind") });
    const direct = deployment().target.access({ ...handle, url: "http://wine.invalid" }, null);
    await expect(predicted(direct)).rejects.toThrow(/^http:\/\/wine\.invalid does not answer \(.*\)\..*`gateway`/);
  }, 60_000);
});
