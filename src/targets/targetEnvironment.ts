/** The environment of programs that run for a target, with the secrets that are the target's and nobody else's. */
import * as z from "zod/mini";
import { SECRETS_VARIABLE, type TargetSecretVariables } from "./secretVariables";

const Secrets = z.record(z.string(), z.record(z.string(), z.string()));

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
