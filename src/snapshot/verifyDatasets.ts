/** Whether what is kept of datasets is still what was kept. */
import { UserError } from "../domain/errors";
import { objectPath } from "../store/objects";
import { createHashPool, type HashPoolOptions } from "./hashPool";
import { readManifest } from "./manifest";

export interface DatasetVersionName {
  name: string;
  version: string;
}

export interface DatasetFault extends DatasetVersionName {
  /** Null: the manifest, which lists the files. */
  path: string | null;
  sha256: string;
  message: string;
}

export interface VerifyReport {
  versions: number;
  /** Contents whose bytes were read and are as they should be. */
  good: { files: number; size: number };
  /** Contents of which only the hash is known. */
  hashOnly: { files: number; size: number };
  faults: DatasetFault[];
}

/** So many contents are hashed, then told: memory stays small whatever a dataset has. */
const PORTION = 1_024;

/**
 * Reads the kept bytes of all files of these versions, each content once, in pieces. Rejects with the signal's reason.
 * `onProgress`: contents looked at.
 */
export async function verifyDatasets(
  folder: string,
  versions: Iterable<DatasetVersionName>,
  options: HashPoolOptions & { signal?: AbortSignal; onProgress?: (contents: number) => void } = {},
): Promise<VerifyReport> {
  const { signal, onProgress, ...poolOptions } = options;
  const pool = createHashPool(poolOptions);
  const report: VerifyReport = {
    versions: 0,
    good: { files: 0, size: 0 },
    hashOnly: { files: 0, size: 0 },
    faults: [],
  };
  const seen = new Set<string>();
  let waiting: (Pick<DatasetFault, "name" | "version" | "sha256"> & { path: string; size: number })[] = [];

  async function hashWaiting(): Promise<void> {
    const files = waiting;
    waiting = [];
    const tasks = files.map(({ sha256, size }) => ({ path: objectPath(folder, sha256), size, keepIn: null }));
    const outcomes = await pool.hash(tasks, signal);
    outcomes.forEach((outcome, index) => {
      const { size, ...file } = files[index]!;
      if (outcome.state === "hashed" && outcome.sha256 === file.sha256) {
        report.good.files++;
        report.good.size += size;
      } else if (outcome.state === "missing") {
        report.hashOnly.files++;
        report.hashOnly.size += size;
      } else {
        const reason = outcome.state === "unreadable" ? `cannot be read (${outcome.reason})` : "is damaged";
        report.faults.push({ ...file, message: `What is kept of ${file.path} ${reason}.` });
      }
    });
    onProgress?.(seen.size);
  }

  try {
    for (const { name, version } of versions) {
      report.versions++;
      if (seen.has(version)) continue;
      seen.add(version);
      try {
        for await (const file of readManifest(folder, version)) {
          if (seen.has(file.sha256)) continue;
          seen.add(file.sha256);
          waiting.push({ ...file, name, version });
          if (waiting.length >= PORTION) await hashWaiting();
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        report.faults.push({ name, version, path: null, sha256: version, message: error.message });
      }
    }
    await hashWaiting();
    return report;
  } finally {
    await pool.close();
  }
}
