/** Brings a run's files back into a folder of their own, exactly as the run had them, or says which are not. */
import type { RestorePart, RestoreReport } from "../domain/restore";
import type { Store } from "../store/contract";

export interface RestoreProgress {
  /** Files and bytes that are done, and how many there are in all, as far as is known. */
  files: number;
  bytes: number;
  totalFiles: number;
  totalBytes: number;
}

export interface RestoreOptions {
  /** A folder that is empty or does not exist yet. */
  to: string;
  /** Default: code, data and config. */
  parts?: readonly RestorePart[];
  /** When it fires, what has been written stays and the report says `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: RestoreProgress) => void;
}

export type RestoreRun = (
  store: Pick<Store, "root" | "folder" | "getRun">,
  id: string,
  options: RestoreOptions,
) => Promise<RestoreReport>;
