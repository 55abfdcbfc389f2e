/** What is said of a deployment whose cluster does not say it. */
import type { Served } from "../../domain/deployment";

export function unreachable(error: unknown, endpoint: string | null): Served {
  return { state: "unreachable", detail: (error as Error).message, endpoint, versions: [], traffic: null };
}
