/** Tags on a run that reproduces another: the id of the first run, and the verdict. Apart from what needs zod: lists read them. */
export const REPRODUCES_TAG = "modeltrail.reproduces";
export const VERDICT_TAG = "modeltrail.verdict";
/** The first reason, when there is one. */
export const REASON_TAG = "modeltrail.verdict.reason";
