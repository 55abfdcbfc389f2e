/** How a deployment of this machine stands, asked of its gateway. */
import type { Served, ServedState } from "../../domain/deployment";
import { isLocked } from "../../store/fileLock";
import { gatewayClient, NoGateway } from "../gateway/client";
import type { GatewayState } from "../gateway/control";
import { type GatewayFile, placesIn, readGatewayFile } from "../gateway/files";
import { urlOf } from "../gateway/listening";
import { tailLines } from "../gateway/logTail";

/** What traffic is told of. */
const SECONDS = 60;

export async function readStatus(folder: string, signal: AbortSignal): Promise<Served> {
  const file = readGatewayFile(folder);
  if (!file) {
    const detail = "Nothing of it is here: it was undeployed, or its files were removed.";
    return { state: "gone", detail, endpoint: null, versions: [], traffic: null };
  }
  const client = gatewayClient(folder);
  try {
    const [state, traffic] = await Promise.all([client.state(signal), client.traffic(SECONDS, undefined, signal)]);
    return { ...judge(state), endpoint: state.url, versions: versionsOf(state), traffic };
  } catch (error) {
    return silent(folder, file, error instanceof NoGateway ? null : (error as Error).message);
  }
}

/** The gateway does not answer: it is being started again, or nobody is there to do that. */
function silent(folder: string, { settings, routes }: GatewayFile, said: string | null): Served {
  const { keeperLock, log } = placesIn(folder);
  const isKept = isLocked(keeperLock) === true;
  const last = tailLines(log, 3).join("\n");
  const detail = isKept
    ? "Its gateway does not answer, and is being started again."
    : `Its processes are gone, as after a restart of the machine. Deploy it again.${last ? ` Its gateway printed last:\n${last}` : ""}`;
  return {
    state: isKept ? "starting" : "down",
    detail: said ?? detail,
    endpoint: settings.port === 0 ? null : urlOf(settings),
    versions: routes.map(({ version, role, percent }) => ({ version, role, percent, ready: false })),
    traffic: null,
  };
}

function versionsOf({ routes, servers }: GatewayState): Served["versions"] {
  return routes.map(({ version, role, percent, server }) => {
    const ready = servers.some(({ id, state }) => id === server && state === "ready");
    return { version, role, percent, ready };
  });
}

function judge({ routes, servers, url, fault, log }: GatewayState): { state: ServedState; detail: string | null } {
  if (url === null) return { state: fault ? "down" : "starting", detail: fault };
  const used = routes.map(({ server }) => servers.find(({ id }) => id === server)!);
  if (used.length === 0) return { state: "down", detail: "Nothing is served." };
  const absent = used.filter(({ state }) => state !== "ready");
  const faults = absent.map(({ version, fault }) => `Version ${version} is not ready. ${fault ?? ""}`.trim());
  if (absent.length === 0) {
    const lost = log?.fault ? `${log.lost} predictions could not be logged. ${log.fault}` : null;
    return { state: "live", detail: lost };
  }
  const isUp = used.some(({ state }, index) => state === "ready" && routes[index]!.role !== "shadow");
  if (isUp) return { state: "degraded", detail: faults.join("\n") };
  const starting = absent.every(({ state }) => state === "starting");
  return { state: starting ? "starting" : "down", detail: faults.join("\n") };
}
