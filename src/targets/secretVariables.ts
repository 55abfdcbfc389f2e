/**
 * What targets ask for and nobody else may see, on its way from the editor to the process that looks after a job: in one
 * variable of that process's environment, by target. Processes that look after other jobs pass it on, and no command gets it.
 */
export const SECRETS_VARIABLE = "MODELTRAIL_TARGET_SECRETS";

/** Variables by the name of the target that they are for. */
export type TargetSecretVariables = Record<string, Record<string, string>>;

/** To be added to an environment; nothing when there are no secrets. */
export function packSecrets(secrets: TargetSecretVariables): Record<string, string> {
  const some = Object.entries(secrets).filter(([, variables]) => Object.keys(variables).length > 0);
  return some.length === 0 ? {} : { [SECRETS_VARIABLE]: JSON.stringify(Object.fromEntries(some)) };
}
