/** Whether MLflow's autologging is to be switched on in the run: python/tracer/_modeltrail/autolog.py does it. */

/** What the tracer is told: on for every library it knows, or not in scripts that log with mlflow themselves. */
export type AutologMode = "on" | "auto";

/** What the project says goes before what the person set, who started us; null: off. */
export function autologMode(project: boolean | null | undefined, env: NodeJS.ProcessEnv): AutologMode | null {
  const { MODELTRAIL_AUTOLOG: personal } = env;
  if (project === true) return "on";
  if (project === false || personal === "off") return null;
  return personal === "on" ? "on" : "auto";
}
