/** Where a model can be deployed to. */
import { UserError } from "../../../domain/errors";
import { LOCAL } from "../../../domain/localTarget";
import { PROJECT_FILE_NAME } from "../../../domain/projectFileName";
import { readProjectFile } from "../../../snapshot/projectFile";
import type { Store } from "../../../store/contract";
import type { DeployPlace } from "./api";

/** Deployments of the model, those that there are and those of modeltrail.yaml; then this machine. Throws UserError. */
export async function deployPlaces(store: Store, model: string): Promise<DeployPlace[]> {
  const { findDestination } = await import("../../../deploy/operations/destination");
  const named = Object.entries((await read(store.root)).deployments ?? {});
  const there = store.deployments.list().filter((deployment) => deployment.model === model);
  const own = new Map<string, string>(there.map(({ name, target }) => [name, target]));
  for (const [name, settings] of named) {
    if ((settings.model ?? name) === model && !own.has(name)) own.set(name, settings.target);
  }
  const serves = (name: string) =>
    store.deployments.get(name)?.routes.find(({ role }) => role === "champion")?.version ?? null;
  const places = [...own].map(([name, target]): DeployPlace => {
    return { to: name, name, target, isOwn: true, serves: serves(name) };
  });
  const local = await findDestination(store, model, LOCAL);
  if (own.has(local.name) || store.deployments.get(local.name)) return places;
  return [...places, { to: LOCAL, name: local.name, target: LOCAL, isOwn: false, serves: null }];
}

async function read(root: string) {
  try {
    return await readProjectFile(root);
  } catch (error) {
    throw new UserError(`${PROJECT_FILE_NAME} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}
