/** Bundles that endpointApp.py answers for. */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ReadyBundle } from "../../src/deploy/contract";
import { testManifest } from "../../src/deploy/testManifest";
import { BUNDLE_FILE } from "../../src/domain/bundle";
import { hashFile } from "../../src/store/objects";

const APP = path.join(import.meta.dirname, "endpointApp.py");

/** `version`: what it answers; "fails" does not start, "slow" never gets ready. Lies below `folder`. */
export async function stubBundle(folder: string, version: string): Promise<ReadyBundle> {
  const local = mkdtempSync(path.join(folder, "bundle-"));
  mkdirSync(path.join(local, "modeltrail_serve"));
  cpSync(APP, path.join(local, "modeltrail_serve/__main__.py"));
  writeFileSync(path.join(local, "version"), version);
  const names = ["modeltrail_serve/__main__.py", "version"];
  const hashed = names.map(async (name) => ({ path: name, ...(await hashFile(path.join(local, name))) }));
  const manifest = testManifest({ files: await Promise.all(hashed) });
  writeFileSync(path.join(local, BUNDLE_FILE), JSON.stringify(manifest));
  return { hash: `hash-${version}`, folder: local, manifest };
}
