/** Which versions a deployment serves after a change: pure, from those that it serves. */
import type { Route, RouteRole } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { WantedRoute } from "./rollOut";

/** Of a challenger of which nothing else is said, per cent. */
export const CHALLENGER_PERCENT = 10;

/**
 * The version takes this role; who had it makes way (there may be several shadows). `percent`: of the requests, for a challenger,
 * or of the copies, for a shadow. A version has one role.
 */
export function withVersion(
  routes: readonly WantedRoute[],
  { model, version }: { model: string; version: number },
  role: RouteRole,
  percent?: number,
): WantedRoute[] {
  const others = routes.filter((route) => route.version !== version && (role === "shadow" || route.role !== role));
  const known = routes.find((route) => route.version === version);
  const route = { model, version, role, percent: percentOf(role, percent), ...(known ? { bundle: known.bundle } : {}) };
  if (role !== "champion" && !others.some((other) => other.role === "champion")) {
    throw new UserError(`A ${role} needs a champion beside it. Deploy version ${version} without --role first.`);
  }
  return shared([...others, route]);
}

function percentOf(role: RouteRole, percent?: number): number {
  if (role === "champion") return 100;
  const given = percent ?? (role === "shadow" ? 100 : CHALLENGER_PERCENT);
  if (given >= 0 && given <= 100) return given;
  throw new UserError(`${given} % is not between 0 and 100.`);
}

/** The challenger gets so many per cent of the requests; 0 takes none away from it but its process. */
export function withPercent(routes: readonly Route[], percent: number): WantedRoute[] {
  const challenger = routes.find(({ role }) => role === "challenger");
  if (!challenger)
    throw new UserError(
      "There is no challenger. Deploy one: modeltrail deploy MODEL/VERSION --to NAME --role challenger",
    );
  return shared(
    routes.map((route) => (route === challenger ? { ...route, percent: percentOf("challenger", percent) } : route)),
  );
}

/** The challenger becomes the champion, and the champion goes. */
export function withChallengerAsChampion(routes: readonly Route[]): WantedRoute[] {
  const challenger = routes.find(({ role }) => role === "challenger");
  if (!challenger) throw new UserError("There is no challenger that could become the champion.");
  return withVersion(routes, challenger, "champion");
}

export function withoutVersion(routes: readonly Route[], version: number): WantedRoute[] {
  const found = routes.find((route) => route.version === version);
  if (!found)
    throw new UserError(
      `Version ${version} is not served. Served are: ${routes.map((route) => route.version).join(", ")}.`,
    );
  if (found.role === "champion")
    throw new UserError(`Version ${version} is the champion. Deploy another one, or undeploy all.`);
  return shared(routes.filter((route) => route !== found));
}

/** The champion first, with what the challenger leaves. */
function shared(routes: readonly WantedRoute[]): WantedRoute[] {
  const challenged = routes.find(({ role }) => role === "challenger")?.percent ?? 0;
  const order: readonly RouteRole[] = ["champion", "challenger", "shadow"];
  return routes
    .map((route) => (route.role === "champion" ? { ...route, percent: 100 - challenged } : route))
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

/** Whether both serve the same. */
export function sameRoutes(one: readonly Route[], other: readonly Route[]): boolean {
  const key = (routes: readonly Route[]) =>
    routes.map(({ version, bundle, role, percent }) => `${version} ${bundle} ${role} ${percent}`).join("\n");
  return key(one) === key(other);
}
