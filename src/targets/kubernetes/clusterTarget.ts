/** What jobs on Kubernetes have in common, whichever object their pods are made by: sending, following by their log, ending. */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { writeBundle } from "../bundle/writeBundle";
import type { JobPlan, Problem, Target } from "../contract";
import { HostUnreachable } from "../host/contract";
import { jobFile } from "../jobFolder/jobFile";
import { chunksOf } from "../stream/chunks";
import { collectStream } from "../stream/collectStream";
import type { StreamSource } from "../stream/contract";
import { followStream } from "../stream/followStream";
import { checkSize, sendBundle } from "./bundleVolume";
import { type Cluster, type ClusterSettings, openerOf, type Resource } from "./cluster";
import { JOB_LABEL, labelsOf, objectName, paths } from "./names";
import { Owner, type Pod, PodList, statusOf } from "./podState";

/** An object that makes pods. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** Of the API; what may be asked for as "GROUP/RESOURCE". */
  group: string;
  resource: string;
  path(namespace: string): string;
  manifest(plan: JobPlan, size: number): Resource;
  /** Name of the container that the job runs in. */
  container: string;
  /** Which of several pods' output is the job's. */
  isFirst(pod: Pod): boolean;
}

export interface ClusterTargetSettings extends ClusterSettings {
  slots?: number | undefined;
  costPerHour?: number | undefined;
}

/** Bytes of a file, and of all files, that come home: a node keeps some 50 MB of a pod's log. */
const STREAMED = { file: 16 << 20, total: 24 << 20 };
const POLL_MS = 500;
const Review = z.object({ status: z.object({ allowed: z.boolean() }) });

export function makeClusterTarget(name: string, settings: ClusterTargetSettings, kind: Kind): Target {
  const { slots, costPerHour } = settings;
  const open = openerOf(settings);
  const objectPath = (cluster: Cluster, job: string) => `${kind.path(cluster.namespace)}/${objectName(job)}`;

  async function owner(cluster: Cluster, job: string, signal: AbortSignal): Promise<Owner | undefined> {
    const found = await cluster.get(objectPath(cluster, job), signal);
    return found === undefined ? undefined : Owner.parse(found);
  }

  /** The one that the job's output is of; the youngest, should there have been others. */
  async function podOf(cluster: Cluster, job: string, signal: AbortSignal): Promise<Pod | undefined> {
    const list = await cluster.get(paths.podsWith(cluster.namespace, `${JOB_LABEL}=${job}`), signal);
    const pods = PodList.parse(list ?? { items: [] }).items.filter(kind.isFirst);
    const born = ({ metadata }: Pod) => metadata.creationTimestamp ?? "";
    return pods.sort((one, other) => (born(one) < born(other) ? -1 : 1)).at(-1);
  }

  function sourceOf(job: string): StreamSource {
    return {
      name,
      async *read(since, signal) {
        const cluster = await open(signal);
        const pod = await podOf(cluster, job, signal);
        const state = pod?.status.containerStatuses?.find((one) => one.name === kind.container)?.state;
        // Of a container that has not begun, there is no log.
        if (!pod || !(state?.running || state?.terminated)) return;
        const route = paths.log(cluster.namespace, pod.metadata.name, kind.container, since);
        yield* chunksOf(async (onOutput, end) => void (await cluster.read(route, onOutput, end)), signal);
      },
      async status(signal) {
        const cluster = await open(signal);
        const [object, pod] = await Promise.all([owner(cluster, job, signal), podOf(cluster, job, signal)]);
        if (!object) return { state: "gone", reason: `its ${kind.kind} was removed from the cluster` };
        return statusOf(object, pod, kind.container);
      },
    };
  }

  return {
    name,
    kind: kind.kind === "Job" ? "kubernetes" : "trainjob",
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    enforces: ["seconds", "memory"],

    check: (_plan, signal) => checkCluster(() => open(signal), kind, signal),

    async submit(plan, { keep, onProgress, signal }) {
      const cluster = await open(signal);
      const handle = { namespace: cluster.namespace, object: objectName(plan.id) };
      const folder = await mkdtemp(path.join(os.tmpdir(), "modeltrail-cluster-"));
      try {
        const file = path.join(folder, "bundle.zip");
        const job = jobFile(plan, { stream: STREAMED });
        const { size } = await writeBundle(file, { job, stage: plan.stage, signal });
        checkSize(size);
        keep(handle);
        onProgress(`sending the project to ${name}`);
        await cluster.create(kind.path(cluster.namespace), kind.manifest(plan, size), signal);
        const object = await owner(cluster, plan.id, signal);
        if (!object) throw new UserError(`The ${kind.kind} was removed from the cluster while it was made.`);
        await sendBundle(cluster, file, {
          job: plan.id,
          labels: labelsOf(plan),
          owner: { apiVersion: kind.apiVersion, kind: kind.kind, name: objectName(plan.id), uid: object.metadata.uid },
          signal,
        });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      return handle;
    },

    follow: (plan, _handle, options) => followStream(plan, sourceOf(plan.id), options),

    collect: (plan) => collectStream(plan, name),

    async cancel(plan, _handle, signal) {
      const cluster = await open(signal);
      await cluster.remove(objectPath(cluster, plan.id), signal);
      // Pods get the time to end; nothing of the job runs when they are gone.
      while ((await owner(cluster, plan.id, signal)) || (await podOf(cluster, plan.id, signal))) {
        await wait(POLL_MS, undefined, { signal });
      }
    },

    async clean(plan, _handle, signal) {
      const cluster = await open(signal);
      await cluster.remove(objectPath(cluster, plan.id), signal);
    },
  };
}

/** Whether the cluster answers, and lets us do what a job needs. */
async function checkCluster(open: () => Promise<Cluster>, kind: Kind, signal: AbortSignal): Promise<Problem[]> {
  try {
    const cluster = await open();
    const needs = [
      { group: kind.group, resource: kind.resource, verb: "create" },
      { group: "", resource: "configmaps", verb: "create" },
      { group: "", resource: "pods", verb: "list" },
      { group: "", resource: "pods", subresource: "log", verb: "get" },
    ];
    const problems: Problem[] = [];
    for (const need of needs) {
      if (await mayI(cluster, need, signal)) continue;
      const what = `${need.verb} ${need.resource}${need.subresource ? `/${need.subresource}` : ""}`;
      problems.push(failure(`In the namespace ${cluster.namespace} you may not ${what}, which jobs need.`));
    }
    return problems;
  } catch (error) {
    if (!(error instanceof UserError || error instanceof HostUnreachable)) throw error;
    return [failure(error.message)];
  }
}

/** Whether the cluster lets us do this in its namespace. */
export async function mayI(cluster: Cluster, resourceAttributes: Resource, signal: AbortSignal): Promise<boolean> {
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { namespace: cluster.namespace, ...resourceAttributes } },
  };
  return Review.parse(await cluster.ask(paths.mayI, review, signal)).status.allowed;
}

const failure = (message: string): Problem => ({ severity: "error", message });
