/** `modeltrail deploy MODEL --to NAME --manifest` */
import { writeFile } from "node:fs/promises";
import type { Destination } from "../../deploy/operations/destination";
import { manifestText } from "../../deploy/operations/writeManifests";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { askTrust } from "../askTrust";
import { interruptible } from "../interrupt";
import { oneLine, print } from "../print";

export interface ManifestOptions {
  /** A file; true: it is printed. */
  manifest: string | true;
  override?: string;
  trust?: boolean;
}

export async function manifestCommand(
  store: Store,
  destination: Destination,
  version: ModelVersion,
  { manifest, override, trust }: ManifestOptions,
): Promise<void> {
  const text = await interruptible((signal) =>
    manifestText({ store, env: process.env, trust: askTrust(trust), signal }, destination, version, override),
  );
  if (manifest === true) {
    print(text.trimEnd());
    return;
  }
  await writeFile(manifest, text);
  print(`${oneLine(manifest)} says how a cluster serves version ${version.version}. Nothing was applied.`);
}
