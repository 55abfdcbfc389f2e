/** What a job that waits keeps of the environment of whoever asked for it. */
import { UserError } from "../../domain/errors";
import { isSecretName, maskText } from "../../domain/secrets";
import { recordedVariables } from "../../snapshot/environment";

/** Which Python and libraries a command finds, and where these keep their things. */
const NAMES =
  /^(?:PATH|VIRTUAL_ENV|CONDA_(?:PREFIX|DEFAULT_ENV|EXE)|PYTHON[A-Z]*|(?:LD|DYLD)_\w*PATH|CUDA_\w+|NVIDIA_\w+|(?:HF|TORCH|KERAS|XDG_CACHE)_HOME|WANDB_(?:MODE|DIR|PROJECT)|MLFLOW_(?:TRACKING_URI|EXPERIMENT_NAME)|TMPDIR)$/i;

/**
 * Of an environment, what its commands may depend on and what is no secret, by name. All else a job gets from the process
 * that starts it.
 */
export function keptVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && NAMES.test(entry[0]) && !isSecret(...(entry as [string, string])),
  );
  return { ...recordedVariables(env), ...Object.fromEntries(kept) };
}

/** "NAME=value" of a command line. Throws UserError for what has no name, or is a secret. */
export function parseVariable(text: string): [name: string, value: string] {
  const [, name = "", value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === "") throw new UserError(`"${text}" is no variable. Give it as NAME=value.`);
  if (isSecret(name, value)) {
    throw new UserError(
      `${name} looks like a secret, which would have to be kept until the job starts. Set it in the environment that the queue is started from instead.`,
    );
  }
  return [name, value];
}

const isSecret = (name: string, value: string) => isSecretName(name) || maskText(value) !== value;

/** The environment of a job that this process starts: its own where it was kept, ours for the rest. */
export function jobEnvironment(env: NodeJS.ProcessEnv, kept: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const ours = { ...env };
  // What was not set where the job comes from is not to be ours either; one made without any environment has ours.
  if ("PATH" in kept) for (const name of Object.keys(keptVariables(env))) delete ours[name];
  return { ...ours, ...kept };
}
