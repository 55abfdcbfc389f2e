/** Where a file came from, or what depends on it: a tree of files and runs in turn. */
import type { RunStatus } from "./run";

/** `up`: to the runs that wrote it and what they read. `down`: to the runs that read it and what they wrote. */
export type LineageDirection = "up" | "down";

/** What lineage is asked of. */
export type LineageStart =
  | { path: string; sha256?: string | null; size?: number | null }
  | { dataset: string; version: string };

/**
 * How a file of one run is known to be that of another: by its content, whatever its name was, or, where a hash is not
 * known or says nothing (empty files), by its path alone.
 */
export type LineageLink = "content" | "path";

/** Why a node has nothing below it although there may be something. */
export type LineageStop = "shown" | "depth" | "size";

export interface LineageFile {
  kind: "file";
  /** As the run above it in the tree names it; for the root as it was asked for. */
  path: string;
  sha256: string | null;
  /** Bytes; null when unknown. */
  size: number | null;
  /** Runs that wrote it (up) or read it (down). */
  runs: LineageRun[];
  /** Further such runs that are left out. */
  more: number;
  /** `shown`: it is in another place of the tree already. */
  stop?: LineageStop;
  /** E.g. that a run wrote this path with another content. */
  note?: string;
}

/** A dataset that is too large to go through file by file. */
export interface LineageDataset {
  kind: "dataset";
  name: string;
  version: string;
  files: number;
  size: number;
  runs: LineageRun[];
  more: number;
  stop?: LineageStop;
  note?: string;
}

export interface LineageRun {
  kind: "run";
  id: string;
  name: string;
  experiment: string;
  status: RunStatus;
  /** Ms since the epoch. */
  startTime: number;
  /** The name that the file above it had in this run; of a dataset its name. */
  path: string;
  link: LineageLink;
  /** What it read (up) or wrote (down). */
  files: (LineageFile | LineageDataset)[];
  /** Further such files that are left out. */
  more: number;
  stop?: LineageStop;
}

export interface Lineage {
  direction: LineageDirection;
  root: LineageFile | LineageDataset;
  /** Whether nothing was left out for depth or size. */
  complete: boolean;
}
