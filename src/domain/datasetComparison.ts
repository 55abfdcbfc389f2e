/** How two versions of a dataset differ, file by file. */

/** A file of a dataset's version. */
export interface DatasetFile {
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
}

/** The same content under another name. */
export interface MovedFile {
  from: string;
  to: string;
  sha256: string;
  size: number;
}

/** Another content under the same name. */
export interface ChangedFile {
  path: string;
  before: { sha256: string; size: number };
  after: { sha256: string; size: number };
}

export interface DatasetComparison {
  before: { version: string; files: number; size: number };
  after: { version: string; files: number; size: number };
  /** Of all files, whatever the lists below hold. `same`: neither name nor content differs. */
  counts: { added: number; removed: number; changed: number; moved: number; same: number };
  /** Each list holds the first files by path (moved ones by their new path), as many as were asked for. */
  added: DatasetFile[];
  removed: DatasetFile[];
  changed: ChangedFile[];
  moved: MovedFile[];
  /** Whether the lists hold all. */
  complete: boolean;
}
