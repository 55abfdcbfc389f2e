/** Where a deployment's own files are. */
import { chmodSync, mkdirSync } from "node:fs";
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

/** The folder of the deployment, which may be gone. `folder`: the store's. */
export function deploymentPath(folder: string, name: string): string {
  return join(folder, "deployments", name);
}

/** The same, made if absent. Throws UserError for a name that cannot be one. */
export function deploymentFolder(folder: string, name: string): string {
  checkDeploymentName(name);
  const path = deploymentPath(folder, name);
  mkdirSync(path, { recursive: true, mode: OWNER });
  keepPrivate(path);
  return path;
}

/** Others on this machine have no business with what callers ask, or what the model says. */
export const OWNER = 0o700;

/** For one that may have been there before. */
export function keepPrivate(folder: string): void {
  try {
    chmodSync(folder, OWNER);
  } catch {
    // It is another user's, or of a disk that knows no such thing.
  }
}
