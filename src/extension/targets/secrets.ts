/**
 * What targets ask for and nobody else may see: kept by VS Code, and given to the process that looks after a job as its
 * environment, never as words of a command line or in a file.
 */

import type * as vscode from "vscode";

export interface TargetSecrets {
  /** Variables that were set for a target; empty when there are none. */
  environment(root: string, target: string): Promise<Record<string, string>>;
  set(root: string, target: string, variable: string, value: string): Promise<void>;
  /** All of the target. */
  forget(root: string, target: string): Promise<void>;
}

export function createTargetSecrets(storage: vscode.SecretStorage): TargetSecrets {
  const keyOf = (root: string, target: string) => `modeltrail.target\n${root}\n${target}`;

  async function environment(root: string, target: string): Promise<Record<string, string>> {
    const kept = await storage.get(keyOf(root, target));
    if (kept === undefined) return {};
    const { readVariables } = await import("./readVariables");
    return readVariables(kept);
  }

  return {
    environment,
    async set(root, target, variable, value) {
      const variables = { ...(await environment(root, target)), [variable]: value };
      await storage.store(keyOf(root, target), JSON.stringify(variables));
    },
    forget: async (root, target) => storage.delete(keyOf(root, target)),
  };
}
