/**
 * Runs side by side: what their page and the extension host say to each other, over `openChannel` with `checksFor`.
 *
 * 1. The page calls `load` as soon as it listens, and again on `changed`; then `differences`, which may take longer.
 * 2. For each file that comes in sight it calls `preview`.
 */
import * as z from "zod";
import { Artifact, RunStatus } from "../domain/run";
import type { Contract } from "./contract";
import { Preview } from "./preview";

export const MOST_SIDES = 12;

export const SideBySideState = z.object({
  root: z.string(),
  ids: z.array(z.string()).min(2).max(MOST_SIDES),
  /** Where the slider stands; null: at the end. */
  step: z.number().nullable(),
  /** Only series with this in their name. */
  filter: z.string(),
});
export type SideBySideState = z.infer<typeof SideBySideState>;

const Item = z.object({ step: z.number().nullable(), path: z.string(), sha256: z.string(), size: z.number() });

/** A `MediaSeries` of src/domain/media.ts. */
export const Series = z.object({
  name: z.string(),
  kind: z.enum(["image", "text", "table"]),
  runs: z.array(z.array(Item)),
});
export type Series = z.infer<typeof Series>;
export type MediaItem = z.infer<typeof Item>;

export const SideBySideContent = z.object({
  root: z.string(),
  /** As asked for: runs that are gone are none of `runs`. */
  ids: z.array(z.string()),
  runs: z.array(z.object({ id: z.string(), name: z.string(), experiment: z.string(), status: RunStatus })),
  series: z.array(Series),
  /** Series, and files of series, that are left out because there are too many. */
  leftOut: z.number(),
});
export type SideBySideContent = z.infer<typeof SideBySideContent>;

/** A part of the comparison. */
export const Difference = z.object({
  title: z.string(),
  headline: z.string(),
  /** Whether a row is a name and a value for each run; else it is to be read along. */
  isPerRun: z.boolean(),
  rows: z.array(z.array(z.string())),
  notes: z.array(z.string()),
});
export type Difference = z.infer<typeof Difference>;

export const Differences = z.object({
  /** In one line. */
  summary: z.string(),
  parts: z.array(Difference),
  same: z.array(z.string()),
  uncertain: z.array(z.string()),
});
export type Differences = z.infer<typeof Differences>;

/** What the page asks of the host. */
export const sideBySideHost = {
  load: { argument: z.object({}), result: SideBySideContent },
  differences: { argument: z.object({}), result: Differences },
  preview: { argument: Artifact, result: Preview },
  /** VS Code's own diff editors. */
  compareCode: { argument: z.object({}), result: z.void() },
  openRun: { argument: z.object({ id: z.string() }), result: z.void() },
} satisfies Contract;

/** What the host tells the page. */
export const sideBySidePage = { changed: { argument: z.object({}), result: z.void() } } satisfies Contract;
