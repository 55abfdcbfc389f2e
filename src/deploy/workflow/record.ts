/** The file in a repository that lists what may be deployed from there: reviewed and kept like code. */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { ReadyBundle } from "../contract";
import { archiveName } from "./archive";

const RecordedVersion = z.object({
  /** The bundle's hash. */
  bundle: z.string(),
  /** The release on GitHub, by its tag, and the file there, with its SHA-256. */
  release: z.string(),
  asset: z.string(),
  sha256: z.string(),
});

const DeploymentRecord = z.object({
  deployment: z.string(),
  model: z.string(),
  /** The version that is to be served when nobody asks for another one. */
  serve: z.int(),
  versions: z.record(z.string(), RecordedVersion),
});
export type DeploymentRecord = z.infer<typeof DeploymentRecord>;

/** `text`: of the file; null when there is none. Throws UserError when it cannot be understood, or is another model's. */
export function readRecord(text: string | null, place: string, deployment: string, model: string): DeploymentRecord {
  if (text === null) return { deployment, model, serve: 0, versions: {} };
  let record: DeploymentRecord;
  try {
    record = DeploymentRecord.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${place} cannot be understood: ${(error as Error).message} Mend it, or remove it.`, {
      cause: error,
    });
  }
  if (record.model === model) return record;
  throw new UserError(
    `${place} lists versions of ${record.model}, not of ${model}. Remove it to deploy another model.`,
  );
}

/** With this version, which is to be served from now on. `sha256`: of the bundle's archive. */
export function withBundle(record: DeploymentRecord, bundle: ReadyBundle, sha256: string): DeploymentRecord {
  const { version } = bundle.manifest;
  const asset = archiveName(bundle);
  // The same tag for all bundles of a version: files of a release are told apart by their hash.
  const release = asset.replace(/-[0-9a-f]+\.zip$/, "");
  const versions = { ...record.versions, [version]: { bundle: bundle.hash, release, asset, sha256 } };
  return { ...record, serve: version, versions };
}

export const recordText = (record: DeploymentRecord): string => `${JSON.stringify(record, null, 2)}\n`;
