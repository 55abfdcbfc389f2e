const RUN_ID = /^[0-9a-f]{32}$/;

/** Whether a text has the form of a run's id: 32 lower-case hex digits, as MLflow's run ids. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}
