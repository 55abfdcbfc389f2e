/** From what the user calls a place to a deployment there. */

import type { Deployment } from "../../domain/deployment";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Store } from "../../store/contract";
import { checkDeploymentName } from "../deploymentFolder";

export interface Destination {
  /** The deployment's name. */
  name: string;
  settings: DeploymentSettings;
}

/**
 * `to`: a deployment of modeltrail.yaml or of the store, a target of modeltrail.yaml, or `local`. A deployment on a target is
 * called after the model, and on others than this machine after the target too. Throws UserError when there is none of this name,
 * or when it is of another model.
 */
export async function findDestination(store: Store, model: string, to: string, as?: string): Promise<Destination> {
  const { deployments, targets } = await projectSettings(store.root);
  if (as !== undefined && as !== to && (Object.hasOwn(deployments, to) || store.deployments.get(to))) {
    // Its settings are found by its name.
    throw new UserError(`"${to}" is a deployment and has a name: --as is for deployments on a target.`);
  }
  const own = Object.hasOwn(deployments, to) ? deployments[to] : undefined;
  if (own) {
    const wanted = own.model ?? to;
    if (wanted !== model) {
      throw new UserError(`The deployment "${to}" of modeltrail.yaml is for the model ${wanted}, not for ${model}.`);
    }
    return { name: to, settings: own };
  }
  const known = store.deployments.get(to);
  if (known) return { name: to, settings: { target: known.target, model: known.model } };
  if (to !== LOCAL && !Object.hasOwn(targets, to)) {
    const names = [...Object.keys(deployments), LOCAL, ...Object.keys(targets)].join(", ");
    throw new UserError(`There is no deployment and no target "${to}" in modeltrail.yaml. There are: ${names}.`);
  }
  const name = as ?? (to === LOCAL ? nameOf(model) : `${nameOf(model)}-${to}`);
  const named = Object.hasOwn(deployments, name) ? deployments[name] : undefined;
  return { name: checked(name), settings: { ...named, target: to, model } };
}

/** The settings of a deployment that is there: those of modeltrail.yaml, on the target where it is. */
export async function settingsOf(store: Store, name: string): Promise<DeploymentSettings> {
  const { deployments } = await projectSettings(store.root);
  const deployment = needDeployment(store, name);
  const own = Object.hasOwn(deployments, name) ? deployments[name] : undefined;
  return { ...own, target: deployment.target, model: deployment.model };
}

/** Throws UserError when there is none. */
export function needDeployment(store: Store, name: string): Deployment {
  const deployment = store.deployments.get(name);
  if (deployment) return deployment;
  const names = store.deployments.list().map((one) => one.name);
  const known =
    names.length > 0 ? `There are: ${names.join(", ")}.` : "There are none yet: modeltrail deploy MODEL --to local";
  throw new UserError(`There is no deployment "${name}". ${known}`);
}

async function projectSettings(root: string) {
  try {
    const { deployments, targets } = await readProjectFile(root);
    return { deployments: deployments ?? {}, targets: targets ?? {} };
  } catch (error) {
    throw new UserError(`modeltrail.yaml cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/** Models may have any name; deployments may not. */
function nameOf(model: string): string {
  const name = model.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" ? "model" : name;
}

function checked(name: string): string {
  checkDeploymentName(name);
  return name;
}
