/** The place where the test files of one run of Vitest find the command, which the first that needs it builds. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    cliBuild: string;
  }
}

/** Gives test files the folder by the name `cliBuild`, and removes it in the end. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-cli-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  project.provide("cliBuild", folder);
  // In watch mode the sources have changed.
  project.onTestsRerun(() => {
    remove();
    mkdirSync(folder);
  });
  return remove;
}
