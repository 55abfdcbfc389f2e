import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { findProgram } from "../../src/snapshot/findProgram";
import type { Target, TargetStatus } from "../../src/targets/contract";
import { LARGEST_BUNDLE } from "../../src/targets/kubernetes/bundleVolume";
import { makeKubernetesTarget } from "../../src/targets/kubernetes/kubernetesTarget";
import { jobManifest, trainJobManifest } from "../../src/targets/kubernetes/manifests";
import { makeTrainJobTarget } from "../../src/targets/kubernetes/trainJobTarget";
import { type MockCluster, startMockCluster } from "./fixtures/mockCluster";
import { type TestJob, useTestJobs } from "./fixtures/plan";

const hasKubectl = findProgram("kubectl") !== undefined;
if (!hasKubectl) console.warn("No kubectl (Debian: kubernetes-client): the tests that need it are left out.");
const python = process.env.MODELTRAIL_TEST_TARGETS_PYTHON;
if (!python) console.warn("No MODELTRAIL_TEST_TARGETS_PYTHON: objects are not checked against the official schemas.");

const never = new AbortController().signal;
let cluster: MockCluster;
const jobOf = useTestJobs();

beforeEach(async () => {
  cluster = await startMockCluster();
});
afterEach(async () => {
  await cluster.stop();
});

const context = { root: "/", env: process.env };
const kubernetes = async () =>
  makeKubernetesTarget("k8s", { kind: "kubernetes", image: "python:3.12", kubeconfig: cluster.kubeconfig }, context);
const trainJob = async () =>
  makeTrainJobTarget("tj", { kind: "trainjob", runtime: "torch-distributed", kubeconfig: cluster.kubeconfig }, context);
const submit = (target: Target, job: TestJob) => target.submit(job, { keep() {}, onProgress() {}, signal: never });

describe.skipIf(!hasKubectl)("the real kubectl, and a mock of a cluster", () => {
  test.each([
    ["Job", kubernetes],
    ["TrainJob", trainJob],
  ])("a %s: runs, and brings home what it printed and wrote, and nothing is left", async (kind, make) => {
    const script = "print(open('in.txt').read()); open('model.txt', 'w').write('trained'); raise SystemExit(3)";
    const job = jobOf({ "train.py": script, "in.txt": "given" }, ["python3", "train.py"]);
    const target = await make();
    expect(await target.check(job, never)).toEqual([]);
    const handle = await submit(target, job);
    expect(handle).toEqual({ namespace: "team", object: `modeltrail-${job.id}` });
    expect(await submit(target, job)).toEqual(handle);
    const end = await target.follow(job, handle, { onStatus() {}, onLost() {}, signal: never });
    expect(end).toMatchObject({ state: "ended", exitCode: 3, reason: null });
    expect(readFileSync(job.logPath, "utf8")).toBe("given\n");
    expect(await target.collect(job, handle, never)).toEqual([]);
    expect(readFileSync(path.join(job.stage, "model.txt"), "utf8")).toBe("trained");
    expect([...cluster.objects.values()].map((object) => object.kind)).toContain(kind);
    await target.clean(job, handle, never);
    await until(() => cluster.objects.size === 0);
  });

  test("cancelled while it waits and while it runs, nothing is left, and what it had printed is here", async () => {
    cluster.waitsFor = { reason: "ImagePullBackOff", message: "no such image" };
    const job = jobOf({}, ["sh", "-c", "echo on; sleep 600"]);
    const target = await kubernetes();
    const handle = await submit(target, job);
    const statuses: TargetStatus[] = [];
    const onStatus = (status: TargetStatus) => statuses.push(status);
    const end = target.follow(job, handle, { onStatus, onLost() {}, signal: never });
    await until(() => statuses.length > 0);
    expect(statuses[0]).toEqual({ state: "waiting", reason: "ImagePullBackOff: no such image" });
    cluster.waitsFor = null;
    await until(() => existsSync(job.logPath));
    await target.cancel(job, handle, never);
    expect((await end).state).toBe("ended");
    expect(readFileSync(job.logPath, "utf8")).toBe("on\n");
    expect(cluster.objects.size).toBe(0);
    expect((await target.follow(job, handle, { onStatus, onLost() {}, signal: never })).state).toBe("gone");
    await target.cancel(job, handle, never);
  });

  test("a container that was ended for its memory says so", async () => {
    const job = jobOf({}, ["sh", "-c", "echo on; sleep 5"]);
    const target = await kubernetes();
    const handle = await submit(target, job);
    const end = target.follow(job, handle, { onStatus() {}, onLost() {}, signal: never });
    await until(() => existsSync(job.logPath));
    cluster.kill(job.id, "OOMKilled");
    expect(await end).toMatchObject({ state: "ended", signal: "SIGKILL", reason: "out of memory" });
    expect((await target.collect(job, handle, never)).length).toBeGreaterThan(0);
    await target.clean(job, handle, never);
  });

  test("what the cluster refuses is said in words; a cluster that is away is asked again", async () => {
    const job = jobOf({}, ["true"]);
    cluster.refusal = { code: 403, reason: "Forbidden" };
    const [problem] = await (await kubernetes()).check(job, never);
    expect(problem).toMatchObject({
      severity: "error",
      message: expect.stringMatching(/^The cluster does not let you/),
    });
    const target = await kubernetes();
    cluster.refusal = null;
    const handle = await submit(target, job);
    cluster.refusal = { code: 503, reason: "ServiceUnavailable" };
    const lost: (string | null)[] = [];
    const end = target.follow(job, handle, {
      onStatus() {},
      onLost(reason) {
        lost.push(reason);
        cluster.refusal = null;
      },
      signal: never,
    });
    expect(await end).toMatchObject({ exitCode: 0 });
    expect(lost).toEqual([expect.stringMatching(/^The cluster cannot be reached/), null]);
  });
});

test.skipIf(!python)("objects are as the official schemas have them", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "manifests-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const plan = {
    id: "a".repeat(32),
    run: "b".repeat(32),
    name: "Träining 1",
    gpus: 2,
    limits: { seconds: 60, memory: 5e8 },
  };
  const all = {
    ...{ image: "img", serviceAccount: "sa", cpu: "500m", memory: "8Gi", gpus: 1, nodeSelector: { zone: "a" } },
    imagePullSecrets: ["registry"],
  };
  const volumes = [{ claim: "data", path: "/data", readOnly: true }];
  const jobs = [
    jobManifest(plan, { kind: "kubernetes", image: "img" }, 10),
    jobManifest(
      { ...plan, gpus: 0, limits: {} },
      { kind: "kubernetes", ...all, volumes, queue: "team" },
      LARGEST_BUNDLE,
    ),
  ];
  const trainJobs = [
    trainJobManifest(plan, { kind: "trainjob", runtime: "torch-distributed" }, 10),
    trainJobManifest(plan, { kind: "trainjob", runtime: "torch-distributed", nodes: 4, ...all }, 3_000_000),
  ];
  writeFileSync(path.join(folder, "all.json"), JSON.stringify({ jobs, trainJobs }));
  const script = `
import json, sys
import kubernetes_validate
from kubeflow_trainer_api.models import TrainerV1alpha1TrainJob as TrainJob
all = json.load(open(sys.argv[1]))
for job in all["jobs"]:
    for version in ("1.27", "1.33"):
        kubernetes_validate.validate(job, version, strict=True)
def holds(model, given, at):
    for key, value in given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else ():
        assert (key in model) if isinstance(given, dict) else key < len(model), at + [key]
        holds(model[key], value, at + [key])
for job in all["trainJobs"]:
    # What the model does not know, it drops.
    holds(TrainJob.from_dict(job).to_dict(), job, [])
print("valid")
`;
  expect(execFileSync(python!, ["-c", script, path.join(folder, "all.json")], { encoding: "utf8" })).toBe("valid\n");
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(20);
}
