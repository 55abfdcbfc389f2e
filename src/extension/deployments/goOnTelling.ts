/** Takes up, after a reload of the window, what it was waiting for: a change goes on in its terminal meanwhile. */
import type { Rollout } from "../../domain/deployment";
import { type AwaitedChange, awaitedChanges, rememberChange } from "./awaitedChanges";
import { type ChangeDeps, newRollout, tellEnd, withSteps } from "./changeDeployment";

/** A change that has not begun by then never does: its terminal says why. */
const BEGIN_MS = 30_000;

export async function goOnTelling(deps: ChangeDeps): Promise<void> {
  const { context, projects } = deps;
  await projects.ready();
  const open = new Set(projects.all.map(({ root }) => root));
  for (const change of awaitedChanges(context.workspaceState)) {
    const told = await rememberChange(context.workspaceState, change);
    const end = open.has(change.root) ? untilItEnded(deps, change) : undefined;
    const ended = end?.then((rollout) => rollout && tellEnd(deps, change, rollout));
    Promise.resolve(ended)
      .finally(told)
      .catch((error) => deps.log.error(`wait for the end of the change of ${change.name}`, error));
  }
}

/** Undefined: it was never begun. */
async function untilItEnded(deps: ChangeDeps, change: AwaitedChange): Promise<Rollout | undefined> {
  const { projects } = deps;
  const { root, title, before } = change;
  const look = async () => {
    const deployment = await projects.call("getDeployment", change);
    return { rollout: newRollout(deployment, before), busy: deployment?.busy ?? false };
  };
  const { rollout, busy } = await look();
  if (rollout && !busy) return rollout;
  const ended = new Promise<Rollout | undefined>((resolve, reject) => {
    const stop = (found: Rollout | undefined) => {
      clearTimeout(tooLate);
      news.dispose();
      resolve(found);
    };
    const check = async () => {
      const now = await look();
      if (now.rollout) clearTimeout(tooLate);
      if (now.rollout && !now.busy) stop(now.rollout);
    };
    const tooLate = setTimeout(() => stop(undefined), BEGIN_MS);
    const news = projects.onDidChangeRuns((changed) => {
      if (changed.root === root && changed.deployments) check().catch(reject);
    });
    check().catch(reject);
  });
  return withSteps(deps, title, root, ended, async () => (await look()).rollout);
}
