/** Pods that serve, and what is wrong with them, in words. */
import type * as z from "zod/mini";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { paths } from "../../targets/kubernetes/names";
import { type Pod, PodList, sentence, type Terminated } from "../../targets/kubernetes/podState";

/** Those with these labels that are not being removed. */
export async function podsWith(
  cluster: Cluster,
  namespace: string,
  selector: string,
  signal: AbortSignal,
): Promise<Pod[]> {
  const list = await cluster.get(paths.podsWith(namespace, selector), signal);
  const { items } = PodList.parse(list ?? { items: [] });
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;

export interface Trouble {
  /** A sentence. */
  text: string;
  /** Waiting does not help. */
  isHopeless: boolean;
}

/** Of its image and its memory, as it was asked for. */
export interface Asked {
  image: string;
  memory?: string | undefined;
}

const IMAGE = /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/;
const PULLING_AGAIN = "ErrImagePull";

/** Null when nothing is wrong. `container`: the one that serves. */
export function troubleOf({ status }: Pod, container: string, asked: Asked): Trouble | null {
  const found = status.containerStatuses?.find(({ name }) => name === container);
  const waiting = found?.state?.waiting;
  const reason = waiting?.reason ?? "";
  if (IMAGE.test(reason)) {
    return {
      text: `${pullText(asked.image)} ${sentence(reason, waiting?.message)}`,
      isHopeless: reason !== PULLING_AGAIN,
    };
  }
  const ended = found?.state?.terminated ?? (found?.ready ? undefined : found?.lastState?.terminated);
  const isAgain = reason === "CrashLoopBackOff" || (found?.restartCount ?? 0) > 1;
  if (ended) return { text: endText(ended, asked), isHopeless: isAgain };
  if (/^Create(?:Container)?(?:Config)?Error$|^RunContainerError$/.test(reason)) {
    const text = `The container cannot be made. ${sentence(reason, waiting?.message)}`;
    // A secret may be on its way to the node; an image that wants to be root stays so.
    return { text, isHopeless: /runAsNonRoot/.test(waiting?.message ?? "") };
  }
  if (status.phase === "Failed") {
    return { text: `The pod failed. ${sentence(status.reason ?? "Failed", status.message)}`, isHopeless: false };
  }
  const unplaced = status.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  if (unplaced) {
    return { text: `No node has room for it. ${sentence(unplaced.reason ?? "", unplaced.message)}`, isHopeless: false };
  }
  return null;
}

const pullText = (image: string) =>
  `The cluster cannot get the image ${image}. Is it pushed, and do its nodes reach the registry and may they pull (\`imagePullSecrets\`)?`;

const KILLED = 137;

function endText({ exitCode, reason, message }: z.infer<typeof Terminated>, { memory }: Asked): string {
  if (reason === "OOMKilled") {
    const limit = memory === undefined ? "what its node has" : `its \`memory\` of ${memory}`;
    return `It ran out of memory: it needs more than ${limit}.`;
  }
  const by = exitCode === KILLED ? "It was killed" : `It ended with exit code ${exitCode}`;
  return message ? sentence(by, message) : `${by}.`;
}

/** Of all pods of a version, what matters most. */
export function worstOf(pods: readonly Pod[], container: string, asked: Asked): Trouble | null {
  const all = pods.flatMap((pod) => troubleOf(pod, container, asked) ?? []);
  return all.find(({ isHopeless }) => isHopeless) ?? all[0] ?? null;
}
