/** What is served now, and which server a request goes to. Replaced as a whole, so that no request sees half of a change. */
import { Refusal } from "./body";
import { chooseRoute } from "./choose";
import type { GatewayRoute } from "./files";
import type { ModelServer } from "./modelServer";

export interface LiveRoute extends GatewayRoute {
  live: ModelServer;
}

export interface Wish {
  /** Of `X-Modeltrail-Key` and `X-Modeltrail-Version`. */
  key?: string;
  version?: string;
}

const SOON = { "retry-after": "2" };

/** Throws Refusal when nothing is served, or not that version. */
export function wishedRoute(routes: readonly LiveRoute[], deployment: string, { key, version }: Wish): LiveRoute {
  const answering = routes.filter(({ role }) => role !== "shadow");
  if (version !== undefined) {
    const found = answering.find((route) => String(route.version) === version.trim());
    if (found) return found;
    const served = answering.map((route) => route.version).join(", ") || "none";
    throw new Refusal(404, `Version ${version.slice(0, 40)} is not served here. Served: ${served}.`);
  }
  const chosen = chooseRoute(answering, deployment, key);
  if (!chosen) throw new Refusal(503, "Nothing is served here yet.", SOON);
  return chosen;
}

/**
 * The route to go to: the one that was chosen, another one that is ready where that is allowed, or the chosen one once it is
 * ready again. Throws Refusal when it is not within `patience` ms.
 */
export async function readyRoute(
  chosen: LiveRoute,
  routes: readonly LiveRoute[],
  { isPinned, patience }: { isPinned: boolean; patience: number },
): Promise<LiveRoute> {
  if (chosen.live.state === "ready") return chosen;
  const other = isPinned ? undefined : routes.find(({ role, live }) => role !== "shadow" && live.state === "ready");
  if (other) return other;
  if (chosen.live.state !== "failing" && (await chosen.live.whenReady(patience))) return chosen;
  throw new Refusal(503, `Version ${chosen.version} does not answer at the moment. Try again soon.`, SOON);
}
