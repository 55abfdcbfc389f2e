/** How an endpoint on another machine stands, from what is said there. */
import type { Served, ServedState } from "../../domain/deployment";
import { readTraffic } from "./appMetrics";
import type { RemoteServer, RemoteStatus } from "./endpointProgram";

type Known = Exclude<RemoteStatus, { keeper: "none" } | { keeper: "elsewhere" }>;

/** `host`: for messages. */
export function servedOf(status: RemoteStatus, host: string, url: string | null): Served {
  if (status.keeper === "none") {
    const detail = `Nothing of it is on ${host}: it was undeployed, or its files were removed.`;
    return { state: "gone", detail, endpoint: null, versions: [], traffic: null };
  }
  if (status.keeper === "elsewhere") {
    return nothing(
      "unreachable",
      `It runs on ${status.host}, and ${host} led to another machine that has the same files.`,
    );
  }
  const live = liveOf(status);
  const judged = judge(status, live, host);
  const versions = live
    ? [{ version: live.version, role: "champion" as const, percent: 100, ready: judged.state === "live" }]
    : [];
  const traffic = "metrics" in status && status.metrics && live ? readTraffic(status.metrics, live.seconds) : null;
  return { ...judged, endpoint: url, versions, traffic };
}

export function unreachable(detail: string): Served {
  return nothing("unreachable", detail);
}

function nothing(state: ServedState, detail: string): Served {
  return { state, detail, endpoint: null, versions: [], traffic: null };
}

function liveOf({ live, servers = [] }: Known): RemoteServer | undefined {
  return servers.find(({ id }) => id === live);
}

function judge(status: Known, live: RemoteServer | undefined, host: string): Pick<Served, "state" | "detail"> {
  if (status.keeper === "dead") {
    const last = status.log.join("\n");
    const detail = `Its processes on ${host} are gone, as after a restart of the machine. Deploy it again.${last ? ` They printed last:\n${last}` : ""}`;
    return { state: "down", detail };
  }
  if (status.silent !== undefined) {
    return { state: "down", detail: `What keeps it on ${host} does not answer: ${status.silent}` };
  }
  if (!live) return { state: "down", detail: "Nothing is served." };
  if (status.ping === 200) return { state: "live", detail: null };
  if (live.state === "starting" || live.state === "ready" || live.state === "joining") {
    return { state: "starting", detail: `Version ${live.version} is being started again.` };
  }
  if (live.state === "ended") {
    return { state: "down", detail: `Version ${live.version} is not running. ${live.fault ?? ""}`.trim() };
  }
  const said = status.ping === null ? "does not answer" : `answers ${status.ping}`;
  return { state: "down", detail: `Version ${live.version} runs on ${host}, and ${said}.` };
}
