import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { ServingHandle } from "../../src/deploy/contract";
import { makeKubernetesServing } from "../../src/deploy/kubernetes/kubernetesServing";
import { UserError } from "../../src/domain/errors";
import type { TargetOf } from "../../src/domain/targets";
import { findProgram } from "../../src/snapshot/findProgram";
import { ask, stream, until } from "../deploy/callers";
import { servePython } from "../deploy/versions";
import { baseEnvironment, makeProject, modeltrail, python, useCli } from "../recorder/cli";
import { clusterDeployment, IMAGE, predicted } from "./fixtures/clusterDeployment";
import { type MockCluster, startMockCluster } from "./fixtures/mockCluster";

const hasKubectl = findProgram("kubectl") !== undefined;
if (!hasKubectl) console.warn("No kubectl (Debian: kubernetes-client): the tests that need it are left out.");

useCli();
let cluster: MockCluster;
beforeEach(async () => {
  cluster = await startMockCluster({ python });
});
afterEach(async () => {
  await cluster.stop();
});

type Settings = TargetOf<"kubernetes">;
const deployment = (serving: Settings["serving"] = {}, more: Partial<Settings> = {}) =>
  clusterDeployment(cluster, (context) => {
    const settings = { kind: "kubernetes" as const, kubeconfig: cluster.kubeconfig, ...more };
    return makeKubernetesServing("k8s", { ...settings, serving: { image: IMAGE, ...serving } }, context);
  });

const kinds = () => [...cluster.objects.values()].map(({ kind }) => kind).sort();
/** Those that are not being removed. */
const deployments = () =>
  [...cluster.objects.values()].filter(({ kind, metadata }) => kind === "Deployment" && !metadata.deletionTimestamp);
const VERBS: Record<string, string> = { POST: "create", GET: "get", PUT: "update", DELETE: "delete" };
/** Of the user in the cluster, that were used and that the check has not asked for. */
const unaskedRights = () => {
  const used = cluster.requests.flatMap((request) => {
    const [, method, resource, name] = /^(\w+) \/apis?\/.*\/namespaces\/[^/]+\/(\w+)(\/[^/]+)?$/.exec(request) ?? [];
    const verb = method === "GET" && name === undefined ? "list" : VERBS[method!];
    return resource === undefined ? [] : `${verb} ${resource}`;
  });
  return [...new Set(used)].filter((right) => !cluster.rights.has(right));
};
const versions = () => deployments().map(({ metadata }) => metadata.labels["modeltrail.dev/version"]);

describe.skipIf(!hasKubectl)("models on Kubernetes, by the real kubectl and a mock of a cluster", () => {
  test("exchanged and gone back without a failed request, asked through the cluster, and nothing is left", async () => {
    const { route, apply, steps, access, status, undeploy } = deployment({ replicas: 2 });
    const first = await apply([route(1)]);
    expect(first).toMatchObject({ name: "wine", namespace: "team", url: "http://wine.team.svc" });
    expect(await status()).toMatchObject({
      ...{ state: "live", detail: null, endpoint: "http://wine.team.svc" },
      versions: [{ version: 1, role: "champion", percent: 100, ready: true }],
    });
    const way = access();
    expect(await predicted(way)).toEqual([1]);

    const url = await cluster.address("wine");
    // The stub ends at once, also on connections that are kept.
    const callers = stream(url, 50, { keepAlive: false });
    const asked: unknown[] = [];
    await apply([route(2)], {
      async verify(_route, tried) {
        asked.push(await predicted(tried), versions());
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
    expect(await predicted(way)).toEqual([1]);
    await undeploy();
    expect(kinds()).toEqual([]);
    await undeploy();
    expect((await status()).state).toBe("gone");
  }, 120_000);

  test("a version that fails its test, does not start or cannot be pulled leaves what is served, and is gone", async () => {
    const { target, plan, route, apply, access, status, signal } = deployment({}, { memory: "512Mi" });
    const token = "shown-by-callers";
    expect(await target.check(plan([route(1)], token), signal())).toEqual([]);
    await apply([route(1)], { token });
    const before = kinds();
    const verify = async () => {
      throw new UserError("It answered the sample wrongly.");
    };
    await expect(apply([route(2)], { token: "another", verify })).rejects.toThrow("It answered the sample wrongly.");
    await expect(apply([route(3, { stub: { fails: true } })], { token })).rejects.toThrow(
      /^Version 3 does not start\. It ended with exit code 3\.\nIt printed last:\n[\s\S]*cannot be read/,
    );
    const four = route(4);
    cluster.images.delete("registry.test/wine:4");
    await expect(apply([four], { token })).rejects.toThrow(
      /^Version 4 does not start\. The cluster cannot get the image registry\.test\/wine:4\..*imagePullSecrets/,
    );
    const given = (await access(null).request("/invocations", { body: "{}" })).status;
    expect([given, await predicted(access(token))]).toEqual([401, [1]]);
    await until(() => kinds().length === before.length, "nothing of the others is left");
    expect([kinds(), versions()]).toEqual([before, ["1"]]);
    expect(await status()).toMatchObject({ state: "live", versions: [{ version: 1 }] });
    // The token is on no command line, and in nothing but the secret.
    const manifests = [...cluster.objects.values()].filter(({ kind }) => kind !== "Secret");
    expect(JSON.stringify(manifests)).not.toContain(token);
    expect(unaskedRights()).toEqual([]);
  }, 120_000);

  test("what somebody else has made by its name is left as it is, also when it is made meanwhile", async () => {
    const { target, plan, route, apply, steps, signal } = deployment({ ingress: { host: "wine.test" } });
    const place = "/apis/networking.k8s.io/v1/namespaces/team/ingresses/wine";
    const theirs = { kind: "Ingress", metadata: { name: "wine" }, spec: {} };
    cluster.objects.set(place, theirs);
    const message = /has an Ingress wine already, which is not of this project/;
    expect(await target.check(plan([route(1)]), signal())).toMatchObject([
      { severity: "error", message: expect.stringMatching(message) },
    ]);
    await expect(apply([route(1)])).rejects.toThrow(message);
    expect([steps, [...cluster.objects.values()]]).toEqual([[], [theirs]]);
    cluster.objects.delete(place);

    const service = "/api/v1/namespaces/team/services/wine";
    const quicker = {
      kind: "Service",
      metadata: { name: "wine", labels: { "modeltrail.dev/owner": "them" } },
      spec: {},
    };
    const verify = async () => void cluster.objects.set(service, quicker);
    let owner = "";
    const keep = (kept: ServingHandle) => {
      owner = kept.owner as string;
    };
    await expect(apply([route(1)], { verify, keep })).rejects.toThrow(/has a Service wine already/);
    await until(() => cluster.objects.size === 1, "nothing of ours is left");
    expect(cluster.objects.get(service)).toEqual(quicker);
    const known = { ...{ name: "wine", namespace: "team", owner: "us", url: null, secrets: [], images: [] }, port: 80 };
    const handle = { ...known, host: null };
    expect((await target.status(handle, signal())).state).toBe("gone");
    const elsewhere = { ...handle, server: "https://other.test:6443" };
    const detail = expect.stringContaining("https://other.test:6443");
    expect(await target.status(elsewhere, signal())).toMatchObject({ state: "unreachable", detail });
    await expect(target.undeploy(elsewhere, signal())).rejects.toThrow("which has nothing of it");
    await target.undeploy(handle, signal());
    expect(cluster.objects.get(service)).toEqual(quicker);
    // Ours, whose load balancer is not gone yet: it would take with it what it is told.
    const metadata = {
      name: "wine",
      labels: { "modeltrail.dev/owner": owner },
      deletionTimestamp: "2026-01-01T00:00:00Z",
    };
    cluster.objects.set(service, { ...quicker, metadata });
    await expect(apply([route(1)])).rejects.toThrow("wine is just being removed from the cluster.");
  }, 60_000);

  test("how it stands is the cluster's word: out of memory, removed by others, away", async () => {
    const { route, plan, apply, access, status, undeploy, target, handle, signal } = deployment(
      {},
      { memory: "512Mi" },
    );
    await apply([route(1)]);
    const pod = [...cluster.objects.keys()].find((key) => key.includes("/pods/"))!;
    cluster.pods.kill(pod, "OOMKilled");
    await until(() => cluster.objects.get(pod).status.containerStatuses[0].restartCount === 1, "another start");
    await until(() => cluster.pods.isReady(pod), "it is up again");
    expect((await status()).state).toBe("live");
    cluster.pods.kill(pod, "OOMKilled");
    await until(async () => (await status()).state === "down", "down");
    expect((await status()).detail).toBe(
      "0 of 1 pods are ready. It ran out of memory: it needs more than its `memory` of 512Mi.",
    );
    // Its answer to the switch gets lost: what the cluster has done holds.
    cluster.loses = "PUT /api/v1/namespaces/team/services/wine";
    await apply([route(2)]);
    expect([cluster.loses, await predicted(access()), versions()]).toEqual([null, [2], ["2"]]);
    expect((await target.log(handle(), 5, signal())).length).toBeLessThanOrEqual(5);
    for (const [key, { kind }] of cluster.objects) if (kind === "Service") cluster.objects.delete(key);
    expect(await status()).toMatchObject({ state: "down", detail: expect.stringContaining("Service was removed") });
    cluster.refusal = { code: 503, reason: "ServiceUnavailable" };
    const both = plan([route(2, { percent: 90 }), route(3, { role: "challenger", percent: 10 })]);
    expect(await target.check({ ...both, settings: { target: "k8s", log: {} } }, signal())).toMatchObject([
      { severity: "error", message: expect.stringContaining("gives all requests to one version") },
      { severity: "warning", message: expect.stringContaining("no prediction log") },
      { severity: "error", message: expect.stringContaining("cannot be reached") },
    ]);
    expect(await status()).toMatchObject({
      state: "unreachable",
      detail: expect.stringContaining("cannot be reached"),
    });
    await expect(undeploy()).rejects.toThrow(UserError);
    cluster.refusal = null;
    await undeploy();
    expect(kinds()).toEqual([]);
  }, 120_000);

  test("what was begun goes when it is given up, and is found again when nobody could take it away", async () => {
    const { route, apply, access, steps } = deployment();
    await apply([route(1)]);
    const before = kinds();
    const givenUp = new AbortController();
    const waits = path.join(mkdtempSync(path.join(tmpdir(), "waits-")), "now");
    const slow = route(2, { stub: { waits } });
    const begun = apply([slow], {
      signal: givenUp.signal,
      onStep: (_step, detail) => void (detail.startsWith("Waiting") && givenUp.abort(new UserError("Given up."))),
    });
    await expect(begun).rejects.toThrow("Given up.");
    await until(() => kinds().length === before.length, "nothing of it is left");

    writeFileSync(waits, "");
    const verify = async () => {
      cluster.refusal = { code: 403, reason: "Forbidden" };
      throw new UserError("The right to do it was taken away.");
    };
    await expect(apply([slow], { verify })).rejects.toThrow("The right to do it was taken away.");
    cluster.refusal = null;
    expect(versions()).toEqual(["1", "2"]);
    steps.length = 0;
    await apply([slow]);
    expect([steps.filter((step) => step.startsWith("start")), versions()]).toEqual([[], ["2"]]);
    expect(await predicted(access())).toEqual([2]);
    // Somebody has given it more pods meanwhile: it is as the target says again.
    const served = deployments()[0]!;
    served.spec.replicas = 2;
    await apply([slow]);
    const now = cluster.objects.get(`/apis/apps/v1/namespaces/team/deployments/${served.metadata.name}`);
    expect([now.spec.replicas, versions()]).toEqual([1, ["2"]]);
    rmSync(path.dirname(waits), { recursive: true });
  }, 120_000);

  const real = servePython();
  test.runIf(real)(
    "recorded models, from the command line, in the app that serves: callers that keep their connections miss nothing",
    async () => {
      await cluster.stop();
      cluster = await startMockCluster({ python: real! });
      const train = `import sys
with open("answer.py", "w") as file:
    file.write("def predict(inputs: list):\\n    return [%s] * len(inputs)\\n" % sys.argv[1])
`;
      const serving = "{ image: 'registry.test/{model}:{hash}', ingress: { host: wine.test, tlsSecret: cert } }";
      const settings = `targets:\n  prod: { kind: kubernetes, kubeconfig: ${cluster.kubeconfig}, serving: ${serving} }\n`;
      const cwd = makeProject({ "modeltrail.yaml": settings, "train.py": train });
      const env = { ...baseEnvironment(makeProject()), KUBECACHEDIR: makeProject() };
      const command = async (...args: string[]) => {
        const [program, ...rest] = modeltrail(...args);
        return (await promisify(execFile)(program!, rest, { cwd, env })).stdout;
      };
      for (const number of ["1", "2"]) {
        await command("run", "--name", `run${number}`, "--", real!, "train.py", number);
        await command("models", "register", `run${number}`, "--name", "wine");
      }
      cluster.bundles = path.join(cwd, ".modeltrail/bundles");
      const manifests = parseAllDocuments(await command("deploy", "wine/2", "--to", "prod", "--trust", "--manifest"));
      expect(manifests.map((one) => [one.get("kind"), one.getIn(["metadata", "name"])])).toEqual([
        ["Deployment", "wine-prod"],
        ["Service", "wine-prod"],
        ["Ingress", "wine-prod"],
      ]);
      expect(cluster.objects.size).toBe(0);
      expect(await command("deploy", "wine/1", "--to", "prod", "--trust")).toContain(
        "Live: wine-prod at https://wine.test",
      );
      const url = await cluster.address("wine-prod");
      const callers = stream(url, 50);
      await command("deploy", "wine/2", "--to", "prod");
      await until(async () => (await ask(url, { inputs: [[0]] })).body.predictions?.[0] === 2, "version 2");
      const { answers, unanswered } = await callers.end();
      expect([unanswered, new Set(answers.map((one) => one.status))]).toEqual([0, new Set([200])]);
      const shown = JSON.parse(await command("deployments", "show", "wine-prod", "--json"));
      const ingress = cluster.objects.get("/apis/networking.k8s.io/v1/namespaces/team/ingresses/wine-prod");
      expect([ingress.spec.ingressClassName, unaskedRights()]).toEqual(["own", []]);
      expect(shown.served).toMatchObject({ state: "live", endpoint: "https://wine.test", versions: [{ version: 2 }] });
      await command("deployments", "undeploy", "wine-prod");
      expect(kinds()).toEqual([]);
    },
    180_000,
  );
});
