/** Times that hold for all clouds. */

/** Ms that going back may take: what a cloud has begun, it brings to an end first. */
export const BACK_MS = 60 * 60_000;

/** Each question is a program that takes a second to start. */
export const CLOUD_TIMES = { revertLimit: BACK_MS, statusPace: 60_000 } as const;
