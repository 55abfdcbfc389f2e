/** Serving on Vertex AI: one endpoint for each deployment, to which each version is deployed as a model. */
import type { Served } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Problem } from "../../targets/contract";
import { isOfBundle } from "../cloud/imageOf";
import { notices } from "../cloud/notices";
import { CLOUD_TIMES } from "../cloud/times";
import type { ServingPlan, ServingTarget } from "../contract";
import type { MakeServing } from "../targets";
import { accessEndpoint } from "./access";
import { findPass, vertexApi } from "./api";
import { applyPlan } from "./apply";
import { describeEndpoint, type EndpointState, MACHINE_TYPE, type Place } from "./endpoint";
import { gcloudProgram, type VertexSettings } from "./gcloud";
import { newHandle, VertexHandle } from "./handle";
import { readLog } from "./log";
import { undeploy } from "./undeploy";

export const makeVertexServing: MakeServing<VertexSettings> = (name, settings, { env }): ServingTarget => {
  const gcloud = gcloudProgram(env);
  const pass = findPass(gcloud);
  // What is served is where it was deployed, whatever the settings say by now.
  const placeOf = ({ project, region }: Pick<VertexHandle, "project" | "region">): Place => ({
    ...{ gcloud, project, region, api: vertexApi({ project, region }, pass) },
  });

  return {
    ...{ name, kind: "vertex", contract: "vertex", splits: true, shadows: false },
    ...CLOUD_TIMES,

    async check(plan, signal) {
      const known = [...refusals(plan, settings), ...notices(plan, costsOf(settings))];
      return [...known, ...(await checkAccess(placeOf(settings), signal))];
    },

    async apply(plan, options) {
      const handle = options.handle ? VertexHandle.parse(options.handle) : newHandle(plan.name, settings);
      if (handle.project !== settings.project || handle.region !== settings.region) {
        throw new UserError(
          `${plan.name} is served in ${handle.region} of the project ${handle.project}. Undeploy it there before it is deployed elsewhere.`,
        );
      }
      const place = placeOf(handle);
      const accessTo = (endpoint: string, deployed: string) => accessEndpoint(place, endpoint, () => deployed);
      return applyPlan({ place, settings, handle, accessTo }, plan, options);
    },

    async status(handle, signal) {
      const known = VertexHandle.parse(handle);
      try {
        return servedOf(known, await describeEndpoint(placeOf(known), known.endpoint, signal));
      } catch (error) {
        return { ...servedOf(known, undefined), state: "unreachable", detail: (error as Error).message };
      }
    },

    access(handle) {
      const known = VertexHandle.parse(handle);
      return accessEndpoint(placeOf(known), known.endpoint, (headers) => {
        const version = Number(headers["x-modeltrail-version"]);
        return known.routes.find((route) => route.version === version)?.deployed;
      });
    },

    log: (handle, lines, signal) => readLog(gcloud, VertexHandle.parse(handle), lines, signal),

    async undeploy(handle, signal) {
      const known = VertexHandle.parse(handle);
      await undeploy(placeOf(known), known, signal);
    },
  };
};

/** What the settings ask for and Vertex AI has not. */
function refusals({ routes, token }: ServingPlan, { image, bucket }: VertexSettings): Problem[] {
  const found = [
    routes.some(({ role }) => role === "shadow") && "Vertex AI sends no copies of requests: it has no shadows.",
    token !== null && "Vertex AI asks callers for Google's own credentials: leave out `token` of the deployment.",
    bucket === undefined &&
      !isOfBundle(image) &&
      "Every version would be served by the same image. Name one of each bundle with {hash} or {version} in `image`, or give the target a `bucket` that bundles are put into.",
  ];
  return found.flatMap((message) => (message === false ? [] : [{ severity: "error", message }]));
}

function costsOf({ machineType = MACHINE_TYPE, minReplicas = 1, accelerator, costPerHour }: VertexSettings) {
  const gpus = accelerator ? ` with ${accelerator.count ?? 1} ${accelerator.type}` : "";
  const meanwhile = "up to twice that";
  return { cloud: "Vertex AI", machine: `${machineType}${gpus}`, count: minReplicas, costPerHour, meanwhile };
}

/** Whether the user is let in, and Vertex AI is switched on. */
async function checkAccess(place: Place, signal: AbortSignal): Promise<Problem[]> {
  try {
    await place.api.get("endpoints?pageSize=1", { signal, what: `list the endpoints of ${place.project}` });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ severity: "error", message: error.message }];
  }
}

function servedOf({ endpoint, routes }: VertexHandle, state: EndpointState | undefined): Served {
  const versions = routes.map(({ version, role, deployed }) => ({
    ...{ version, role, percent: state?.split[deployed] ?? 0 },
    ready: state?.deployed.includes(deployed) ?? false,
  }));
  const served = { endpoint: null, versions, traffic: null };
  if (!state) return { ...served, state: "gone", detail: `The endpoint ${endpoint} is not there (any more).` };
  const absent = versions.filter(({ ready }) => !ready).map(({ version }) => version);
  if (versions.length > 0 && absent.length === 0) {
    const isSilent = Object.keys(state.split).length === 0;
    return isSilent
      ? { ...served, state: "down", detail: "The endpoint gives its requests to nobody." }
      : { ...served, state: "live", detail: null };
  }
  const detail = absent.length > 0 ? `Not deployed any more: version ${absent.join(", ")}.` : "Nothing is served.";
  return { ...served, state: absent.length < versions.length ? "degraded" : "down", detail };
}
