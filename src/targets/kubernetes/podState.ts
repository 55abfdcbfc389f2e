/** How a job stands, from its pod and from the object that made the pod. */
import * as z from "zod/mini";
import type { TargetStatus } from "../contract";

export const Terminated = z.object({
  exitCode: z.number(),
  signal: z.optional(z.number()),
  /** "OOMKilled", "Error", "Completed", "StartError", … */
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  finishedAt: z.optional(z.nullable(z.string())),
});
const Said = z.object({ reason: z.optional(z.string()), message: z.optional(z.string()) });
const State = z.object({
  waiting: z.optional(Said),
  running: z.optional(z.looseObject({})),
  terminated: z.optional(Terminated),
});
const ContainerStatus = z.object({
  name: z.string(),
  ready: z.optional(z.boolean()),
  restartCount: z.optional(z.number()),
  state: z.optional(State),
  /** Before it was started again. */
  lastState: z.optional(State),
});

export const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.optional(z.record(z.string(), z.string())),
    creationTimestamp: z.optional(z.nullable(z.string())),
    deletionTimestamp: z.optional(z.nullable(z.string())),
  }),
  status: z.object({
    phase: z.optional(z.string()),
    reason: z.optional(z.string()),
    message: z.optional(z.string()),
    conditions: z.optional(z.array(z.object({ type: z.string(), status: z.string(), ...Said.shape }))),
    containerStatuses: z.optional(z.array(ContainerStatus)),
  }),
});
export type Pod = z.infer<typeof Pod>;
export const PodList = z.object({ items: z.array(Pod) });

/** A Job's or a TrainJob's condition: "Failed" or "Complete", and "Suspended". */
const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  lastTransitionTime: z.optional(z.nullable(z.string())),
});
export const Owner = z.object({
  metadata: z.object({ uid: z.string(), deletionTimestamp: z.optional(z.nullable(z.string())) }),
  status: z.optional(z.object({ conditions: z.optional(z.nullable(z.array(Condition))) })),
});
export type Owner = z.infer<typeof Owner>;

/** `container`: of the pod, which the job runs in. The pod is undefined while there is none. */
export function statusOf(owner: Owner, pod: Pod | undefined, container: string): TargetStatus {
  const end = (pod && endOfPod(pod, container)) ?? endOfOwner(owner);
  if (end) return end;
  if (owner.metadata.deletionTimestamp) return { state: "waiting", reason: "it is being removed" };
  if (pod && stateOf(pod, container)?.running) return { state: "running" };
  return { state: "waiting", reason: pod ? waitsFor(pod, container) : (heldBack(owner) ?? null) };
}

const stateOf = ({ status }: Pod, container: string) =>
  status.containerStatuses?.find(({ name }) => name === container)?.state;

type Ended = TargetStatus & { state: "ended" };

function endOfPod(pod: Pod, container: string): Ended | undefined {
  const { status } = pod;
  const terminated = stateOf(pod, container)?.terminated;
  if (terminated) {
    const { exitCode, reason, message, finishedAt } = terminated;
    const killed = reason === "OOMKilled" || exitCode === KILLED;
    return {
      ...{ state: "ended", exitCode: killed ? null : exitCode, signal: killed ? "SIGKILL" : null },
      endTime: timeOf(finishedAt),
      reason: reason === "OOMKilled" ? "out of memory" : (evicted(pod) ?? explain(reason, message)),
    };
  }
  if (status.phase !== "Failed" && status.phase !== "Succeeded") return undefined;
  return { state: "ended", exitCode: null, signal: "SIGKILL", endTime: Date.now(), reason: evicted(pod) ?? null };
}

const KILLED = 137;

/** A node that ran out of something, or was drained. */
function evicted({ status: { reason, message } }: Pod): string | undefined {
  if (reason === "DeadlineExceeded") return "time limit";
  return reason === undefined ? undefined : sentence(reason, message);
}

/** "Error" and "Completed" say no more than the exit code. */
function explain(reason: string | undefined, message: string | undefined): string | null {
  return reason === undefined || reason === "Error" || reason === "Completed" ? null : sentence(reason, message);
}

/** When the pod is gone, or there never was one. */
function endOfOwner({ status }: Owner): Ended | undefined {
  const over = status?.conditions?.find(
    ({ type, status: is }) => (type === "Failed" || type === "Complete") && is === "True",
  );
  if (!over) return undefined;
  const { type, reason, message, lastTransitionTime } = over;
  const endTime = timeOf(lastTransitionTime);
  if (type === "Complete") return { state: "ended", exitCode: 0, signal: null, endTime, reason: null };
  const why = reason === "DeadlineExceeded" ? "time limit" : sentence(reason ?? "failed", message);
  return { state: "ended", exitCode: null, signal: "SIGKILL", endTime, reason: why };
}

function heldBack({ status }: Owner): string | undefined {
  const suspended = status?.conditions?.find(({ type, status: is }) => type === "Suspended" && is === "True");
  return suspended && "it waits in the cluster's queue";
}

function waitsFor(pod: Pod, container: string): string | null {
  const waiting = stateOf(pod, container)?.waiting;
  if (waiting?.reason && waiting.reason !== "ContainerCreating" && waiting.reason !== "PodInitializing") {
    return sentence(waiting.reason, waiting.message);
  }
  const unplaced = pod.status.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  return unplaced?.message ?? null;
}

/** As the cluster says it. */
export const sentence = (reason: string, message: string | undefined) =>
  (message ? `${reason}: ${message}` : reason).slice(0, 1000);

const timeOf = (text: string | null | undefined) => (text ? Date.parse(text) : Date.now());
