/** The fields by which files of metrics say which step the rest belongs to, the most telling first. */
export const STEP_FIELDS = ["step", "global_step", "iteration", "epoch"];

/** The step that the numbers of an object tell, if they do. */
export function stepOf(numbers: readonly (readonly [key: string, value: number])[]): number | undefined {
  for (const field of STEP_FIELDS) {
    const found = numbers.find(([key]) => key === field);
    if (found) return found[1];
  }
  return undefined;
}
