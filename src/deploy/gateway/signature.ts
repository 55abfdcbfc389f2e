/** Whether two model servers are the same in all that matters to callers: then the one that runs already can go on. */
import { createHash } from "node:crypto";
import type { ServerSpec } from "./files";

export type Started = Pick<ServerSpec, "model" | "version" | "bundle" | "folder" | "argv" | "env">;

export function signatureOf({ model, version, bundle, folder, argv, env }: Started): string {
  const variables = Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1));
  const told = JSON.stringify([model, version, bundle, folder, argv, variables]);
  return createHash("sha256").update(told).digest("hex").slice(0, 32);
}
