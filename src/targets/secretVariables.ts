/**
 * What targets ask for and nobody else may see, on its way from the editor to the process that looks after a job: in one
 * variable of that process's environment, by target. Processes that look after other jobs pass it on, and no command gets it.
 */
import * as z from "zod/mini";

export const SECRETS_VARIABLE = "MODELTRAIL_TARGET_SECRETS";

const Secrets = z.record(z.string(), z.record(z.string(), z.string()));
/** Variables by the name of the target that they are for. */
export type TargetSecretVariables = z.infer<typeof Secrets>;

/** To be added to an environment; nothing when there are no secrets. */
export function packSecrets(secrets: TargetSecretVariables): Record<string, string> {
  const some = Object.entries(secrets).filter(([, variables]) => Object.keys(variables).length > 0);
  return some.length === 0 ? {} : { [SECRETS_VARIABLE]: JSON.stringify(Object.fromEntries(some)) };
}

/** The environment as this target's programs get it: with its own secrets as the variables that they are. */
export function targetEnvironment(env: NodeJS.ProcessEnv, target: string): NodeJS.ProcessEnv {
  return { ...withoutSecrets(env), ...secretsIn(env)[target] };
}

/** For commands on this machine. */
export function withoutSecrets({ [SECRETS_VARIABLE]: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}

function secretsIn(env: NodeJS.ProcessEnv): TargetSecretVariables {
  try {
    return Secrets.parse(JSON.parse(env[SECRETS_VARIABLE] ?? "{}"));
  } catch {
    // Somebody else's text: nothing of ours.
    return {};
  }
}
