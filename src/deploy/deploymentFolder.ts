/** Where a deployment's own files are. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../domain/errors";

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

/** Throws UserError for what cannot be a deployment's name: it becomes the name of a folder. */
export function checkDeploymentName(name: string): void {
  if (!NAME.test(name)) {
    throw new UserError(
      `"${name}" cannot be a deployment's name: take up to 100 letters, digits, \`_\`, \`.\` and \`-\`, with --as NAME.`,
    );
  }
}

/** The folder of the deployment, made if absent. `folder`: the store's. */
export function deploymentFolder(folder: string, name: string): string {
  checkDeploymentName(name);
  const path = join(folder, "deployments", name);
  mkdirSync(path, { recursive: true });
  return path;
}
