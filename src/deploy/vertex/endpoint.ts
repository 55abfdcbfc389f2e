/** Endpoints of Vertex AI and the models deployed to them. */
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { CloudError, type CloudProgram } from "../cloud/program";
import { readPages, type VertexApi } from "./api";
import { isAbsent, isThere, type VertexSettings } from "./gcloud";

export const MACHINE_TYPE = "n1-standard-2";
const LOOK_MS = 1_000;

const Described = z.object({
  deployedModels: z._default(z.array(z.object({ id: z.string(), model: z.optional(z.string()) })), []),
  trafficSplit: z._default(z.record(z.string(), z.number()), {}),
});

export interface EndpointState {
  /** Ids of the models that are deployed. */
  deployed: string[];
  /** Per cent by id. */
  split: Readonly<Record<string, number>>;
}

export interface Place {
  gcloud: CloudProgram;
  api: VertexApi;
  project: string;
  region: string;
}

/** Which project and region a command is about. */
export const placeWords = ({ project, region }: Place): string[] => [`--project=${project}`, `--region=${region}`];

/** Undefined when there is none. */
export async function describeEndpoint(
  place: Place,
  id: string,
  signal: AbortSignal,
): Promise<EndpointState | undefined> {
  const told = await place.api.get(`endpoints/${id}`, { signal, what: "say how the endpoint stands" });
  if (told === undefined) return undefined;
  const { deployedModels, trafficSplit } = Described.parse(told);
  return { deployed: deployedModels.map((one) => one.id), split: trafficSplit };
}

/** False when there is one of this id. `about`: said to who sees it in the console. */
export async function createEndpoint(place: Place, id: string, about: string, signal: AbortSignal): Promise<boolean> {
  const words = [`--endpoint-id=${id}`, `--display-name=${about}`, "--labels=made-by=modeltrail"];
  const what = "make an endpoint";
  try {
    await place.gcloud.run(["ai", "endpoints", "create", ...words, ...placeWords(place)], { signal, what });
    return true;
  } catch (error) {
    if (error instanceof CloudError && isThere(error.said)) return false;
    throw error;
  }
}

/** Resolves when it is up. It gets all requests where nothing else is deployed, else none. */
export async function deployModel(
  place: Place,
  endpoint: string,
  { model, deployed, isFirst }: { model: string; deployed: string; isFirst: boolean },
  settings: VertexSettings,
  signal: AbortSignal,
): Promise<void> {
  const { machineType = MACHINE_TYPE, minReplicas = 1, maxReplicas = minReplicas } = settings;
  const { accelerator, serviceAccount } = settings;
  const words = [
    ...[`--model=${model}`, `--display-name=${model}`, `--deployed-model-id=${deployed}`],
    ...[`--machine-type=${machineType}`, `--min-replica-count=${minReplicas}`, `--max-replica-count=${maxReplicas}`],
    ...(accelerator ? [`--accelerator=count=${accelerator.count ?? 1},type=${accelerator.type}`] : []),
    ...(serviceAccount === undefined ? [] : [`--service-account=${serviceAccount}`]),
    // To the API, 0 is the one that is just deployed. Without a word, the split stays.
    ...(isFirst ? ["--traffic-split=0=100"] : []),
  ];
  const what = `deploy ${model}`;
  await place.gcloud.run(["ai", "endpoints", "deploy-model", endpoint, ...words, ...placeWords(place)], {
    ...{ signal, what },
  });
}

/** Per cent by the id of a deployed model; they come to 100. */
export async function setSplit(
  place: Place,
  endpoint: string,
  split: Readonly<Record<string, number>>,
  signal: AbortSignal,
): Promise<void> {
  const words = Object.entries(split).map(([id, percent]) => `${id}=${percent}`);
  await place.gcloud.run(
    ["ai", "endpoints", "update", endpoint, `--traffic-split=${words.join(",")}`, ...placeWords(place)],
    { signal, what: "share the requests" },
  );
}

/** The endpoint gives its requests to nobody then. */
export async function clearSplit(place: Place, endpoint: string, signal: AbortSignal): Promise<void> {
  const words = ["ai", "endpoints", "update", endpoint, "--clear-traffic-split", ...placeWords(place)];
  await place.gcloud.run(words, { signal, what: "take the requests off the endpoint" });
}

/** One that gets no requests, or the last. No error when it is gone. */
export async function undeployModel(place: Place, endpoint: string, id: string, signal: AbortSignal): Promise<void> {
  await unlessAbsent(() =>
    place.gcloud.run(
      ["ai", "endpoints", "undeploy-model", endpoint, `--deployed-model-id=${id}`, ...placeWords(place)],
      { signal, what: "take a model off the endpoint" },
    ),
  );
}

/** With all that is deployed to it, or is just being deployed. No error when it is gone. */
export async function removeEndpoint(place: Place, id: string, signal: AbortSignal): Promise<void> {
  await endWork(place, id, signal);
  const state = await describeEndpoint(place, id, signal);
  if (!state) return;
  if (state.deployed.length > 1 && Object.keys(state.split).length > 0) {
    await clearSplit(place, id, signal);
  }
  for (const deployed of state.deployed) await undeployModel(place, id, deployed, signal);
  await unlessAbsent(() =>
    place.gcloud.run(["ai", "endpoints", "delete", id, ...placeWords(place)], {
      ...{ signal, what: "remove the endpoint" },
    }),
  );
}

const Operations = z.object({
  operations: z._default(z.array(z.object({ name: z.string(), done: z._default(z.boolean(), false) })), []),
});

/** Nothing is just being deployed to the endpoint afterwards: that nobody waits for it any more, Vertex AI does not know. */
export async function endWork(place: Place, id: string, signal: AbortSignal): Promise<void> {
  const at = `endpoints/${id}/operations`;
  const ended = new Set<string>();
  for (;;) {
    const told = await readPages(place.api, at, { signal, what: "say what it does for the endpoint" });
    const going = told.flatMap((page) => Operations.parse(page).operations).filter(({ done }) => !done);
    if (going.length === 0) return;
    for (const { name } of going.filter((one) => !ended.has(one.name))) {
      ended.add(name);
      await place.api.post(`${at}/${name.split("/").at(-1)}:cancel`, { headers: {}, signal });
    }
    await wait(LOOK_MS, undefined, { signal });
  }
}

/** Undefined when it is about what is not there (any more). */
export async function unlessAbsent<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof CloudError && isAbsent(error.said)) return undefined;
    throw error;
  }
}
