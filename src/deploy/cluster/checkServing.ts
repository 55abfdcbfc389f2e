/** Whether a cluster answers, and lets us do what serving there needs. */
import { UserError } from "../../domain/errors";
import type { Problem } from "../../targets/contract";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { mayI } from "../../targets/kubernetes/clusterTarget";
import type { ServingPlan } from "../contract";
import { engineOf, type ImageSettings, NO_IMAGE } from "./clusterImage";
import type { OpenCluster } from "./open";

export interface Need {
  group: string;
  resource: string;
  subresource?: string;
  verb: string;
}

/** Of what is made, looked at, changed and taken away. */
export const CHANGED = ["create", "get", "update", "delete"] as const;

export function needsOf(group: string, resource: string, verbs: readonly string[]): Need[] {
  return verbs.map((verb) => ({ group, resource, verb }));
}

/** Of all that serve on a cluster. */
const COMMON: readonly Need[] = [
  ...needsOf("", "pods", ["list", "get"]),
  { group: "", resource: "pods", subresource: "log", verb: "get" },
  { group: "", resource: "pods", subresource: "portforward", verb: "create" },
];

export interface Asked {
  plan: ServingPlan;
  needs: readonly Need[];
  settings: ImageSettings;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** `more`: throws what else would fail. */
export async function checkServing(
  open: OpenCluster,
  { plan, needs, settings, env, signal }: Asked,
  more: (cluster: Cluster) => Promise<void>,
): Promise<Problem[]> {
  const problems = withoutEffect(plan);
  const refuse = (message: string) => problems.push({ severity: "error", message });
  try {
    if (settings.image === undefined && settings.registry === undefined) refuse(NO_IMAGE);
    if (settings.image === undefined && settings.registry !== undefined) await checkEngine(settings, env, signal);
    const cluster = await open(signal);
    const all = [...needs, ...COMMON];
    const allowed = await Promise.all(all.map((need) => mayI(cluster, { ...need }, signal)));
    const refused = all.filter((_, index) => !allowed[index]).map(wordsOf);
    if (refused.length > 0) {
      refuse(`In the namespace ${cluster.namespace} you may not ${refused.join(", ")}, which serving there needs.`);
    }
    await more(cluster);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    refuse(error.message);
  }
  return problems;
}

function withoutEffect({ settings: { log, host } }: ServingPlan): Problem[] {
  const said = [
    ...(log ? ["There is no prediction log on a cluster: `log` has no effect there."] : []),
    ...(host === undefined
      ? []
      : ["On a cluster, `host` has no effect: who reaches a model is the target's business."]),
  ];
  return said.map((message) => ({ severity: "warning" as const, message }));
}

const wordsOf = ({ verb, resource, subresource }: Need) => `${verb} ${resource}${subresource ? `/${subresource}` : ""}`;

/** Throws UserError when there is none that could build images. */
async function checkEngine(settings: ImageSettings, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  await engineOf(settings, env).run(["version"], { signal });
}
