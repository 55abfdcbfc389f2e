/** Columns past so many are left out: each takes memory. */
export const MOST_COLUMNS = 4096;
