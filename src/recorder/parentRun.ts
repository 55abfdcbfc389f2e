import type { Store } from "../store/contract";

/** The run within which we were started, when it is of this store. */
export function parentRun(store: Store, env: NodeJS.ProcessEnv): string | null {
  const id = env.MODELTRAIL_RUN_ID;
  return id && store.getSummaries([id]).length > 0 ? id : null;
}
