/** The recorder's own command line: `modeltrail run … -- COMMAND`. */

/** A run that is wished for. */
export interface RunRequest {
  /** What to execute: program and arguments. */
  command: string[];
  cwd: string;
  experiment?: string;
  name?: string;
  note?: string;
  tags?: Record<string, string>;
  /** Of modeltrail.yaml; without it, this machine. */
  target?: string;
  /** Variables of the recorder's own process: what the target asks for and nobody else may see. */
  env?: Record<string, string>;
}

/** Words after `modeltrail`. */
export function recorderArguments(request: RunRequest, keepOnHangup: boolean): string[] {
  const { command, experiment, name, note, tags = {}, target } = request;
  const option = (flag: string, value: string | undefined) => (value ? [`--${flag}=${value}`] : []);
  return [
    "run",
    "--source=vscode",
    ...option("target", target),
    ...option("experiment", experiment),
    ...option("name", name),
    ...option("note", note),
    ...Object.entries(tags).map(([key, value]) => `--tag=${key}=${value}`),
    ...(keepOnHangup ? ["--keep-on-hangup"] : []),
    "--",
    ...command,
  ];
}
