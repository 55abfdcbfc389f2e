/**
 * What an archive of runs holds. It is a zip file (zip64 where needed) with these members:
 *
 * - `manifest.json`: the format, its version, and name, size and SHA-256 of every other member; written last
 * - `runs/<id>/run.json`: all that the store's rows say of a run, see `ArchivedRun`
 * - `runs/<id>/metrics.f64`: the points of its metrics, see `series.ts`; absent when it has none
 * - `runs/<id>/output.log`: what it printed, the very bytes
 * - `objects/<sha256>`: contents of data, config files, artifacts, cells of notebooks and manifests of datasets, each once for all runs
 * - `code/<n>.pack`: a git pack with commits of snapshots, their trees and all files in them, without their history
 *
 * Nothing in it is a path that is written to: names are made anew from ids and hashes.
 */
import * as z from "zod";
import { CellExecution } from "../../domain/cells";
import { CodeVersion, Gap, Run, RunId, Snapshot } from "../../domain/run";

export const FORMAT = "modeltrail-archive";
/** Raised when an older Modeltrail would misunderstand what is new. */
export const FORMAT_VERSION = 1;
export const MANIFEST = "manifest.json";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.number().int().nonnegative();
const CommitId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

export const runMember = (id: string) => `runs/${id}/run.json`;
export const metricsMember = (id: string) => `runs/${id}/metrics.f64`;
export const logMember = (id: string) => `runs/${id}/output.log`;
export const objectMember = (sha256: string) => `objects/${sha256}`;
export const packMember = (number: number) => `code/${number}.pack`;

/** All names that members can have. */
export const MEMBER_NAME =
  /^(?:manifest\.json|runs\/[0-9a-f]{32}\/(?:run\.json|metrics\.f64|output\.log)|objects\/[0-9a-f]{64}|code\/\d{1,6}\.pack)$/;

/** `size`: bytes, unpacked. */
export const Member = z.object({ name: z.string().regex(MEMBER_NAME), size: Count, sha256: Sha256 });
export type Member = z.infer<typeof Member>;

export const CodePack = z.object({
  member: z.string().regex(MEMBER_NAME),
  /** Git's object format: every id in the pack is made with it. */
  format: z.enum(["sha1", "sha256"]),
  commits: z.array(CommitId),
});
export type CodePack = z.infer<typeof CodePack>;

/** A path that stays below where it begins: it will be joined to a folder here. "" is that folder itself. */
const InnerPath = z
  .string()
  .refine(
    (path) => !/^[/\\]|^[a-z]:/i.test(path) && !path.split(/[/\\]/).some((part) => /^(?:\.\.?|\.git)$/i.test(part)),
  );

/** What every version of the manifest has: enough to say that it is too new. */
export const AnyManifest = z.object({ format: z.literal(FORMAT), version: z.number().int() });

export const Manifest = AnyManifest.extend({
  /** The version of Modeltrail that wrote it. */
  modeltrail: z.string(),
  /** Ms since the epoch. */
  created: z.number(),
  runs: z.array(z.object({ id: RunId, name: z.string() })),
  code: z.array(CodePack),
  members: z.array(Member),
  /** Members whose bytes were not what the store had kept under that name: to be passed over. */
  damaged: z.array(z.string().regex(MEMBER_NAME)),
});
export type Manifest = z.infer<typeof Manifest>;

/** A folder or file in or outside the project: those inside are named from its root, with `/`, so that they can move. */
export const ArchivedPath = z.discriminatedUnion("inProject", [
  z.object({ inProject: z.literal(true), path: InnerPath }),
  z.object({ inProject: z.literal(false), path: z.string() }),
]);
export type ArchivedPath = z.infer<typeof ArchivedPath>;

/** As runs name files: absolute, or relative to the root and then within it. */
const isFileName = (path: string) => /^[/\\]|^[a-z]:/i.test(path) || !path.split(/[/\\]/).includes("..");
const inPlace = (files: readonly { path: string }[]) => files.every(({ path }) => isFileName(path));

export const ArchivedCode = CodeVersion.omit({ gitDir: true, root: true }).extend({
  /** The project's folder within that of the code, "" when they are the same; null where it was not within. */
  project: InnerPath.nullable(),
  /** Every commit that the snapshot needs and that is in a pack: its own, then those of its submodules. */
  commits: z.array(CommitId),
  /** Commits of submodules by their path in the code. */
  submodules: z.record(InnerPath, CommitId),
});
export type ArchivedCode = z.infer<typeof ArchivedCode>;

/** One metric: its points stand in `metrics.f64`, one metric after the other in this order. */
export const ArchivedSeries = z.object({ key: z.string(), sources: z.array(z.string()), count: Count });
export type ArchivedSeries = z.infer<typeof ArchivedSeries>;

export const ArchivedRun = z.object({
  run: Run.omit({
    metrics: true,
    cwd: true,
    snapshot: true,
    revision: true,
    repeatOf: true,
    repeats: true,
  }).extend({
    status: Run.shape.status.exclude(["running"]),
    artifacts: Run.shape.artifacts.refine(inPlace),
  }),
  cwd: ArchivedPath,
  snapshot: Snapshot.extend({
    code: ArchivedCode,
    data: Snapshot.shape.data.refine(inPlace),
    config: Snapshot.shape.config.refine(inPlace),
  }),
  datasetKinds: z.record(z.string(), z.enum(["declared", "dvc", "read"])),
  series: z.array(ArchivedSeries),
  /** What ran, when it was a notebook. */
  cells: z.array(CellExecution).default([]),
  /** What of the run the archive was made without, as gaps that the run has where it is imported. */
  leftOut: z.array(Gap),
});
export type ArchivedRun = z.infer<typeof ArchivedRun>;
