/** Bringing a bundle to the machine that serves it, unless it is there: whole, or not at all. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { BUNDLE_FILE } from "../../domain/bundle";
import { UserError } from "../../domain/errors";
import { formatSize } from "../../domain/format";
import type { ReadyBundle } from "../contract";
import { askEndpoint, type EndpointHost, explained } from "./endpointProgram";

/** What a broken connection has damaged is sent once more. */
const ROUNDS = 3;

/** Makes the endpoint's folder as well. */
export async function sendBundle(
  on: EndpointHost,
  folder: string,
  { hash, folder: local, manifest }: ReadyBundle,
  { onStep, signal }: { onStep(detail: string): void; signal: AbortSignal },
): Promise<void> {
  const own = createHash("sha256").update(await readFile(path.join(local, BUNDLE_FILE)));
  const hashes = new Map(manifest.files.map((file) => [file.path, file.sha256])).set(BUNDLE_FILE, own.digest("hex"));
  const sizes = new Map(manifest.files.map((file) => [file.path, file.size]));
  const asked = { bundle: hash, files: Object.fromEntries(hashes) };
  const { missing } = await askEndpoint(on, folder, "prepare", { input: asked, signal });
  if (missing === null) return;
  const input = { bundle: hash, manifest: hashes.get(BUNDLE_FILE)! };
  for (let [round, files] = [1, missing]; ; round++) {
    const size = files.reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
    onStep(`Sending version ${manifest.version} to ${on.host.name} (${formatSize(size)})`);
    await explained(() => on.host.push(local, `${folder}/incoming-${hash}`, { files, signal }));
    const { wrong } = await askEndpoint(on, folder, "place", { input, signal });
    if (wrong.length === 0) return;
    if (round === ROUNDS) {
      throw new UserError(
        `${wrong[0]} of the bundle did not arrive on ${on.host.name} as it is here. Deploy it again.`,
      );
    }
    files = wrong;
  }
}
