/** Serving on Azure ML: an online endpoint for each deployment, and for each version what Azure calls a deployment. */
import type { Served } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Problem } from "../../targets/contract";
import { notices } from "../cloud/notices";
import { CLOUD_TIMES } from "../cloud/times";
import type { ServingPlan, ServingTarget } from "../contract";
import type { MakeServing } from "../targets";
import { accessEndpoint, keys } from "./access";
import { applyPlan, MOST_COPIES } from "./apply";
import { type AzureSettings, ask, azProgram, type Workspace } from "./az";
import { describeEndpoint, type EndpointState, readLog, removeEndpoint, SUCCEEDED } from "./endpoint";
import { INSTANCE_TYPE } from "./files";
import { AzureHandle, newHandle } from "./handle";

export const makeAzureServing: MakeServing<AzureSettings> = (name, settings, { env }): ServingTarget => {
  const az = azProgram(env);
  const findKey = keys();
  // What is served is where it was deployed, whatever the settings say by now.
  const placeOf = ({ workspace, resourceGroup, subscription }: Omit<Workspace, "az">): Workspace => ({
    ...{ az, workspace, resourceGroup, subscription },
  });

  return {
    ...{ name, kind: "azureml", contract: "azureml", splits: true, shadows: true },
    ...CLOUD_TIMES,

    async check(plan, signal) {
      const known = [...refusals(plan), ...warnings(plan, settings)];
      return [...known, ...(await checkAccess(placeOf(newHandle(plan.name, settings)), signal))];
    },

    async apply(plan, options) {
      const wanted = newHandle(plan.name, settings);
      const handle = options.handle ? AzureHandle.parse(options.handle) : wanted;
      refuseElsewhere(handle, wanted, settings.endpoint);
      const place = placeOf(handle);
      if (!options.handle && settings.endpoint !== undefined)
        await refuseTaken(place, settings.endpoint, options.signal);
      const accessTo = (url: string | null, deployment: string | undefined) =>
        accessEndpoint({ place, endpoint: handle.endpoint, url, findKey, wantedBy: () => deployment });
      return applyPlan({ place, settings, handle, accessTo }, plan, options);
    },

    async status(handle, signal) {
      const known = AzureHandle.parse(handle);
      try {
        return servedOf(known, await describeEndpoint(placeOf(known), known.endpoint, signal));
      } catch (error) {
        return { ...servedOf(known, undefined), state: "unreachable", detail: (error as Error).message };
      }
    },

    access(handle) {
      const known = AzureHandle.parse(handle);
      return accessEndpoint({
        ...{ place: placeOf(known), endpoint: known.endpoint, url: known.url, findKey },
        wantedBy(headers) {
          const version = Number(headers["x-modeltrail-version"]);
          return known.routes.find((route) => route.version === version)?.deployment;
        },
      });
    },

    async log(handle, lines, signal) {
      const known = AzureHandle.parse(handle);
      const { routes, endpoint } = known;
      const read = (deployment: string, count: number) => readLog(placeOf(known), endpoint, deployment, count, signal);
      if (routes.length === 1) return read(routes[0]!.deployment, lines);
      // Azure has a log for each, and each gets its part.
      const part = Math.max(1, Math.floor(lines / routes.length) - 1);
      const logs = routes.map(async ({ version, deployment }) => [
        `Version ${version} (${deployment}):`,
        ...(await read(deployment, part)),
      ]);
      return (await Promise.all(logs)).flat();
    },

    async undeploy(handle, signal) {
      const known = AzureHandle.parse(handle);
      await removeEndpoint(placeOf(known), known.endpoint, signal);
    },
  };
};

/** What the settings ask for and Azure ML has not. */
function refusals({ routes, token }: ServingPlan): Problem[] {
  const shadows = routes.filter(({ role }) => role === "shadow");
  const found = [
    shadows.length > 1 && "Azure ML sends copies of requests to one shadow only.",
    token !== null && "Azure ML asks callers for the endpoint's own key: leave out `token` of the deployment.",
  ];
  return found.flatMap((message) => (message === false ? [] : [{ severity: "error", message }]));
}

function warnings(plan: ServingPlan, own: AzureSettings): Problem[] {
  const { instanceType: machine = INSTANCE_TYPE, instanceCount: count = 1, costPerHour } = own;
  const { limits = {} } = plan.settings;
  const unused = (["body", "rows"] as const).filter((name) => limits[name] !== undefined);
  const found = [
    plan.routes.some(({ role, percent }) => role === "shadow" && percent > MOST_COPIES) &&
      `Azure ML copies ${MOST_COPIES} % of the requests at most, and so many go to the shadow.`,
    unused.length > 0 && `Azure ML has no limits for the ${unused.join(" and the ")} of requests.`,
  ];
  return [
    ...notices(plan, { cloud: "Azure ML", machine, count, costPerHour, meanwhile: "twice that" }),
    ...found.flatMap((message): Problem[] => (message === false ? [] : [{ severity: "warning", message }])),
  ];
}

/** Whether the user is let in, and the workspace is there. */
async function checkAccess(place: Workspace, signal: AbortSignal): Promise<Problem[]> {
  try {
    await ask(place, ["online-endpoint", "list", "--query", "[].name"], "list the workspace's endpoints", signal);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ severity: "error", message: error.message }];
  }
}

function refuseElsewhere(handle: AzureHandle, wanted: AzureHandle, endpoint: string | undefined): void {
  const placeOf = ({ workspace, resourceGroup, subscription }: AzureHandle) =>
    [workspace, resourceGroup, subscription].join("/");
  const isElsewhere = placeOf(handle) !== placeOf(wanted) || (endpoint !== undefined && endpoint !== handle.endpoint);
  if (!isElsewhere) return;
  throw new UserError(
    `${handle.name} is served by the endpoint ${handle.endpoint} of the workspace ${handle.workspace}. Undeploy it there before it is deployed elsewhere.`,
  );
}

/** What somebody else has made is not ours to change. */
async function refuseTaken(place: Workspace, endpoint: string, signal: AbortSignal): Promise<void> {
  if (!(await describeEndpoint(place, endpoint, signal))) return;
  throw new UserError(
    `There is an endpoint ${endpoint} in the workspace ${place.workspace} already, which is not of this deployment. Give the target another \`endpoint\`.`,
  );
}

function servedOf({ endpoint, routes }: AzureHandle, state: EndpointState | undefined): Served {
  const versions = routes.map(({ version, role, deployment }) => ({
    ...{ version, role, ready: state?.deployments.get(deployment) === SUCCEEDED },
    percent: (role === "shadow" ? state?.mirrored[deployment] : state?.traffic[deployment]) ?? 0,
  }));
  // Its address takes nothing of the app's paths, and nobody without the key.
  const served = { endpoint: null, versions, traffic: null };
  if (!state) return { ...served, state: "gone", detail: `The endpoint ${endpoint} is not there (any more).` };
  const answering = versions.filter(({ role }) => role !== "shadow");
  const isUp = answering.some(({ ready, percent }) => ready && percent > 0);
  const absent = routes.filter((_, at) => !versions[at]!.ready);
  const said = absent.map(
    ({ version, deployment }) => `Version ${version}: ${state.deployments.get(deployment) ?? "not deployed any more"}.`,
  );
  if (!isUp)
    return { ...served, state: "down", detail: said.join(" ") || "The endpoint gives its requests to nobody." };
  if (absent.length > 0) return { ...served, state: "degraded", detail: said.join(" ") };
  return { ...served, state: "live", detail: null };
}
