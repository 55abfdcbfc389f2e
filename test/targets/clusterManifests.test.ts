import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { tokenSecret } from "../../src/deploy/cluster/tokenSecret";
import type { ReadyRoute } from "../../src/deploy/contract";
import { inferenceService, type KServeSettings, manifestOf, predictorOf } from "../../src/deploy/kserve/manifest";
import { manifestsOf } from "../../src/deploy/kubernetes/manifestsOf";
import { testManifest } from "../../src/deploy/testManifest";
import type { TargetOf } from "../../src/domain/targets";

const { MODELTRAIL_TEST_TARGETS_PYTHON: kubernetes, MODELTRAIL_TEST_PLATFORMS_PYTHON: kserve } = process.env;
if (!kubernetes)
  console.warn("No MODELTRAIL_TEST_TARGETS_PYTHON: objects are not checked against Kubernetes' schemas.");
if (!kserve) console.warn("No MODELTRAIL_TEST_PLATFORMS_PYTHON: objects are not checked against KServe's own models.");

const hash = "0123456789abcdef".repeat(4);
const ready = { hash, folder: "/bundle", manifest: testManifest({ model: "Wine Größe", version: 12 }) };
const route: ReadyRoute = { model: "Wine Größe", version: 12, bundle: hash, role: "champion", percent: 100, ready };
const labelled = { name: "wine", model: "Wine Größe", owner: "0123456789ab" };
const all = {
  ...{ cpu: 0.5, memory: "512Mi", gpus: 1, serviceAccount: "sa", nodeSelector: { zone: "a" }, namespace: "team" },
  ...{ imagePullSecrets: ["registry"], env: { OMP_NUM_THREADS: "1" } },
};
const settings = { target: "prod", workers: 2, limits: { body: 10, rows: 5, time: 2.5, concurrent: 3 }, port: 8000 };

function validate(python: string, script: string, objects: unknown): string {
  return execFileSync(python, ["-c", script], { input: JSON.stringify(objects), encoding: "utf8" });
}

test.skipIf(!kubernetes)("what serves on Kubernetes is as the official schemas have it", () => {
  const least: TargetOf<"kubernetes"> = { kind: "kubernetes", serving: { registry: "host:5000/team" } };
  const most: TargetOf<"kubernetes"> = {
    ...{ kind: "kubernetes", ...all },
    serving: {
      ...{ image: "host/{model}:{version}-{hash}", replicas: 3, service: "LoadBalancer", patience: 90.5 },
      ingress: { host: "wine.example.com", class: "nginx", tlsSecret: "cert" },
    },
  };
  const objects = [
    ...manifestsOf(route, { name: "wine", settings: { target: "prod" } }, least, null),
    ...manifestsOf(route, { name: "Wine_2", settings }, most, "wine-token"),
    tokenSecret(labelled, "a token"),
  ];
  const script = `
import json, sys
import kubernetes_validate
for one in json.load(sys.stdin):
    for version in ("1.27", "1.33"):
        kubernetes_validate.validate(one, version, strict=True)
    print(one["kind"], one["metadata"]["name"])
`;
  expect(validate(kubernetes!, script, objects).trim().split("\n")).toEqual([
    ...["Deployment wine", "Service wine"],
    ...["Deployment wine-2-92251e", "Service wine-2-92251e", "Ingress wine-2-92251e"],
    expect.stringMatching(/^Secret wine-token-[0-9a-f]{12}$/),
  ]);
});

test.skipIf(!kserve)("what serves by KServe is as its own models have it", () => {
  const least: KServeSettings = { kind: "kserve", image: "host/wine:{hash}" };
  const most: KServeSettings = {
    ...{ kind: "kserve", ...all, registry: "host/team", patience: 60 },
    ...{ minReplicas: 0, maxReplicas: 4, scaleMetric: "rps", scaleTarget: 20 },
  };
  const predictor = predictorOf(route, { settings }, most, { image: "host/wine@sha256:1", tokenSecret: "wine-token" });
  const objects = [
    manifestOf(route, { name: "wine", settings: { target: "prod" } }, least, null),
    inferenceService(labelled, predictor, 10),
  ];
  // Names and types alike: what the models do not know is a mistake of ours.
  const script = `
import importlib.util, json, re, sys, types
# Its models alone: all of it takes long to import.
package = types.ModuleType("kserve")
package.__path__ = importlib.util.find_spec("kserve").submodule_search_locations
sys.modules["kserve"] = package
import kserve.models, kubernetes.client
def model(name):
    return getattr(kserve.models, name, None) or getattr(kubernetes.client, name, None)
def check(value, kind, at):
    inner = re.match(r"(list|dict)[\\[(](?:str, )?(.*)[\\])]$", kind)
    if inner:
        items = value.items() if inner[1] == "dict" else enumerate(value)
        for key, one in items:
            check(one, inner[2], at + [key])
    elif model(kind):
        names = {json_name: name for name, json_name in model(kind).attribute_map.items()}
        for key, one in value.items():
            assert key in names, at + [key]
            check(one, model(kind).openapi_types[names[key]], at + [key])
    else:
        expected = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}[kind]
        assert isinstance(value, expected), (at, kind, value)
for one in json.load(sys.stdin):
    check(one, "V1beta1InferenceService", [])
    print(one["kind"])
`;
  expect(validate(kserve!, script, objects)).toBe("InferenceService\nInferenceService\n");
});

test("pods end when they have answered what they are asked, as long as answers may take", () => {
  const target: TargetOf<"kubernetes"> = { kind: "kubernetes", serving: { image: "host/wine:1" } };
  const podOf = (limits: object) => {
    const [deployment] = manifestsOf(route, { name: "wine", settings: { target: "prod", limits } }, target, null);
    // biome-ignore lint/suspicious/noExplicitAny: its form is the API's
    return (deployment as any).spec.template.spec;
  };
  for (const [limits, time] of [
    [{}, 60],
    [{ time: 300 }, 300],
  ] as const) {
    const { terminationGracePeriodSeconds: grace, containers } = podOf(limits);
    const { args, lifecycle } = containers[0];
    const seconds = (option: string) => Number(args[args.indexOf(option) + 1]);
    const stays = Number(/sleep\((\d+)\)/.exec(lifecycle.preStop.exec.command[2])![1]);
    expect(seconds("--drain-seconds")).toBe(time);
    expect(grace).toBeGreaterThan(stays + seconds("--linger-seconds") + time);
  }
});

/** What each version of Knative takes since 2022: https://github.com/knative/serving/blob/main/pkg/apis/serving/fieldmask.go */
test("what serves by KServe has nothing in it that Knative refuses", () => {
  const settings: KServeSettings = { kind: "kserve", ...all, image: "host/wine:1" };
  const { spec } = predictorOf(route, { settings: { target: "prod" } }, settings, { image: "i", tokenSecret: "t" });
  const { labels: _, annotations: __, nodeSelector: ___, ...pod } = spec;
  expect(Object.keys(pod).sort()).toEqual([
    "automountServiceAccountToken",
    "containers",
    "imagePullSecrets",
    "serviceAccountName",
    "volumes",
  ]);
  const [container] = pod.containers as Record<string, object>[];
  const taken = ["args", "command", "env", "image", "name", "ports", "readinessProbe", "resources"];
  expect(Object.keys(container!).sort()).toEqual([...taken, "securityContext", "volumeMounts", "workingDir"]);
  const { securityContext } = container!;
  expect(Object.keys(securityContext!).sort()).toEqual(["capabilities", "readOnlyRootFilesystem", "runAsNonRoot"]);
});
