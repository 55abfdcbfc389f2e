/** What the command's environment has to say so that MLflow's client in it speaks to us. */

/** The variable that tells a recorder within the run that the tracking URI it finds was set by another recorder. */
const OURS = "MODELTRAIL_MLFLOW";

/** Where the client is impatient: by default one call to a server that is gone holds a training for four minutes. */
const PATIENCE = {
  MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2",
  // Whole seconds are all it takes.
  MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: "1",
  MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: "0.5",
} as const;

/** Names of things of another server: with ours, the client would refuse to begin a run. */
const MEANINGLESS = ["MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_WORKSPACE"];

/** Both spellings are in use, and where both are there Python reads the small one. */
const EXCEPTIONS = ["NO_PROXY", "no_proxy"];
const PROXIES = /^(?:https?|all)_proxy$/i;
const LOOPBACK = "127.0.0.1";

/** Whether the user has named a tracking server: what is logged goes there and nowhere else, so its client is left alone. */
export function hasOwnServer(env: NodeJS.ProcessEnv): boolean {
  const { MLFLOW_TRACKING_URI: uri, [OURS]: ours } = env;
  return Boolean(uri) && uri !== ours;
}

/** `env` for a command whose MLflow client is to log to `uri`, an address on the loopback. */
export function mlflowEnvironment(env: NodeJS.ProcessEnv, uri: string): NodeJS.ProcessEnv {
  const ours: NodeJS.ProcessEnv = {
    // It tells nobody about the user's runs.
    MLFLOW_DISABLE_TELEMETRY: "true",
    ...PATIENCE,
    ...env,
    // The client prints the address of the run when it has one of a server; a run without us prints none.
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
    MLFLOW_TRACKING_URI: uri,
    [OURS]: uri,
  };
  for (const name of MEANINGLESS) delete ours[name];
  return exceptLoopback(ours);
}

/** A proxy would take even what goes to this machine. Where there is none, nothing is said: that would switch off the system's. */
function exceptLoopback(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const present = EXCEPTIONS.filter((name) => env[name] !== undefined);
  const hasProxy = Object.keys(env).some((name) => PROXIES.test(name) && env[name]);
  const names = present.length > 0 || !hasProxy ? present : EXCEPTIONS;
  for (const name of names) {
    const value = env[name] ?? "";
    const listed = value.split(",").map((host) => host.trim());
    if (!listed.includes("*") && !listed.includes(LOOPBACK)) env[name] = value ? `${value},${LOOPBACK}` : LOOPBACK;
  }
  return env;
}
