import { getSystemErrorMap } from "node:util";

/** The command could not be started. The message is what a shell would say, the exit code the one it would end with. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
  readonly exitCode: 126 | 127;

  /** `code`: of the system, e.g. "ENOENT". */
  constructor(program: string, code: string, options?: ErrorOptions) {
    const missing = code === "ENOENT" || code === "ENOTDIR";
    super(`${program}: ${missing && !/[\\/]/.test(program) ? "command not found" : describeError(code)}`, options);
    this.exitCode = missing ? 127 : 126;
  }
}

/** The system's words for an error, e.g. "permission denied" for "EACCES". */
export function describeError(code: string): string {
  for (const [name, message] of getSystemErrorMap().values()) if (name === code) return message;
  return code;
}

/** The name of an error number as this system counts them, e.g. "ENOENT" for 2. */
export function errorName(number: number): string {
  return getSystemErrorMap().get(-number)?.[0] ?? `error ${number}`;
}
