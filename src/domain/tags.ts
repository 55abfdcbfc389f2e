/** Which tags are a person's. */

/** What MLflow's client notes for itself: part of the record, but not what someone chose to say of a run. */
const NOTED = "mlflow.";

/** The tags that people set, and see where tags are shown or edited. */
export function ownTags(tags: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith(NOTED)));
}

/** The same as a condition on column `key` in SQL. */
export const IS_OWN_TAG = `key NOT GLOB '${NOTED}*'`;
