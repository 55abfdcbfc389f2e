/** Which version answers a request. */
import { createHash } from "node:crypto";
import type { Route } from "../../domain/deployment";

type Shared = Pick<Route, "role" | "percent" | "version">;

/**
 * The champion or the challenger, as they share the requests. `key`: requests with the same one are answered by the same
 * version, as long as the share does not change. `salt`: what else decides, so that a key is not the challenger's everywhere.
 * Null when nothing is served.
 */
export function chooseRoute<One extends Shared>(routes: readonly One[], salt: string, key?: string): One | null {
  const champion = routes.find(({ role }) => role === "champion");
  const challenger = routes.find(({ role }) => role === "challenger");
  if (!challenger || !champion) return champion ?? challenger ?? null;
  const point = key === undefined ? Math.random() * 100 : pointOf(salt, key);
  // A larger share keeps those that it had.
  return point < challenger.percent ? challenger : champion;
}

/** Shadows that get a copy of this request. */
export function chooseShadows<One extends Shared>(routes: readonly One[]): One[] {
  return routes.filter(({ role, percent }) => role === "shadow" && Math.random() * 100 < percent);
}

/** From 0 up to 100, the same for the same key. */
function pointOf(salt: string, key: string): number {
  const digest = createHash("sha256").update(`${salt}\0${key}`).digest();
  return (digest.readUInt32BE(0) / 2 ** 32) * 100;
}
