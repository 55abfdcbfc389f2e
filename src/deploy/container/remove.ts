/** Finding and removing what a deployment has left at an engine. */
import { createHash } from "node:crypto";
import { type Engine, EngineError } from "../../targets/container/engine";

const LABEL = "modeltrail.deployment";

/** That all containers of a deployment have: another project may have one of the same name. `folder`: the store's. */
export function labelOf(folder: string, deployment: string): string {
  return `${LABEL}=${createHash("sha256").update(folder).digest("hex").slice(0, 12)}/${deployment}`;
}

/** Those whose processes here were killed before they could. */
export async function removeContainers(engine: Engine, label: string, signal: AbortSignal): Promise<void> {
  const listed = await engine.run(["container", "ls", "--all", "--quiet", "--filter", `label=${label}`], { signal });
  const ids = listed.split(/\s+/).filter(Boolean);
  if (ids.length > 0) await engine.run(["container", "rm", "--force", "--volumes", ...ids], { signal });
}

/** What another deployment's container is made of, the engine itself keeps. */
export async function removeImages(engine: Engine, references: readonly string[], signal: AbortSignal): Promise<void> {
  for (const reference of references) {
    await engine.run(["image", "rm", reference], { signal }).catch((error) => {
      if (!(error instanceof EngineError)) throw error;
    });
  }
}
