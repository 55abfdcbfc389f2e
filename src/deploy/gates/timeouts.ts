/** Ms that a program of a gate may take when the gate says nothing else. */
export const LONGEST_PROGRAM = 600_000;
/** Ms that a model may take to be loaded, and to answer to a table. */
export const LONGEST_LOAD = 300_000;
export const LONGEST_ANSWER = 600_000;
