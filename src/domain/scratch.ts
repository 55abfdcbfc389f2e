/**
 * A scratch run is one that nobody is likely to miss: lists collapse such runs, and rules free them first.
 *
 * It has ended, is not pinned, has no note, no tags of a person's and no child runs, and either
 * - failed, was killed or got lost within `SCRATCH_MS`, or
 * - is a repeat: an earlier run has equal inputs.
 */

/** Ms that a run which came to nothing may have lasted to be a scratch run. */
export const SCRATCH_MS = 60_000;
