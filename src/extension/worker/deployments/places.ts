/** Where a model can be deployed to. */
import { UserError } from "../../../domain/errors";
import { LOCAL } from "../../../domain/localTarget";
import { PROJECT_FILE_NAME } from "../../../domain/projectFileName";
import { targetPlace } from "../../../domain/targetPlace";
import { readProjectFile } from "../../../snapshot/projectFile";
import type { Store } from "../../../store/contract";
import type { DeployPlace } from "./api";

/**
 * Deployments of the model, those that there are and those of modeltrail.yaml; then this machine, and targets that can serve, as
 * far as no deployment has their name. Throws UserError when there is none.
 */
export async function deployPlaces(store: Store, model: string): Promise<DeployPlace[]> {
  const [{ findDestination }, { servesModels }] = await Promise.all([
    import("../../../deploy/operations/destination"),
    import("../../../deploy/targets"),
  ]);
  const { deployments, targets } = await read(store.root);
  const named = Object.entries(deployments ?? {});
  const there = store.deployments.list().filter((deployment) => deployment.model === model);
  const own = new Map<string, string>(there.map(({ name, target }) => [name, target]));
  for (const [name, settings] of named) {
    if ((settings.model ?? name) === model && !own.has(name)) own.set(name, settings.target);
  }
  const serves = (name: string) =>
    store.deployments.get(name)?.routes.find(({ role }) => role === "champion")?.version ?? null;
  const about = (target: string) => {
    const settings = targets && Object.hasOwn(targets, target) ? targets[target] : undefined;
    return { target, kind: settings?.kind ?? "", place: settings ? targetPlace(settings) : "" };
  };
  const places = [...own].map(([name, target]): DeployPlace => {
    return { to: name, name, ...about(target), isOwn: true, serves: serves(name) };
  });
  const serving = Object.entries(targets ?? {}).flatMap(([name, { kind }]) => (servesModels(kind) ? [name] : []));
  for (const target of [LOCAL, ...serving]) {
    const { name } = await findDestination(store, model, target);
    if (own.has(name) || own.has(target) || store.deployments.get(name)) continue;
    places.push({ to: target, name, ...about(target), isOwn: false, serves: null });
  }
  if (places.length > 0) return places;
  throw new UserError(
    `There is no place left for ${model}: deployments of other models have the names. Name one under deployments in ${PROJECT_FILE_NAME}.`,
  );
}

async function read(root: string) {
  try {
    return await readProjectFile(root);
  } catch (error) {
    throw new UserError(`${PROJECT_FILE_NAME} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}
