/** A cloud, asked through its own command line program, which signs in as the user does. */
import { UserError } from "../../domain/errors";
import { runChild } from "../../targets/host/child";
import { launcherOf } from "./launcher";

export interface CloudProgram {
  /** What it writes. Throws CloudError with what it said when it fails. */
  run(args: readonly string[], options: AskOptions): Promise<string>;
  /** Likewise, read as JSON; null when it writes nothing. */
  json(args: readonly string[], options: AskOptions): Promise<unknown>;
}

export interface AskOptions {
  signal: AbortSignal;
  /** What was to be done, for messages: "create the endpoint". */
  what: string;
}

/** It said no: `said` are its own words. */
export class CloudError extends UserError {
  constructor(
    message: string,
    readonly said: string,
  ) {
    super(message);
  }
}

export interface Cloud {
  /** For messages: "Google Cloud". */
  cloud: string;
  /** What its words mean, and what to do; the first that fits holds. */
  reasons: readonly (readonly [pattern: RegExp, advice: string])[];
}

export interface CloudProgramSettings extends Cloud {
  /** On PATH. */
  program: string;
  /** How the program is had. */
  install: string;
  env: NodeJS.ProcessEnv;
}

const LINES = 6;

/** What it said to what was to be done, in words for the user. */
export function refusal({ cloud, reasons }: Cloud, what: string, said: string): CloudError {
  const [, advice] = reasons.find(([pattern]) => pattern.test(said)) ?? [];
  const last = said.split(/\r?\n/).filter(Boolean).slice(-LINES).join("\n  ");
  const message = `${cloud} could not ${what}${advice ? `: ${advice}` : ""}.`;
  return new CloudError(last ? `${message}\n  ${last}` : message, said);
}

/** What gets no answer in the time that it has is no fault of ours. */
export async function inTime<T>(cloud: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!signal.aborted) throw error;
    if ((signal.reason as Error).name !== "TimeoutError") throw signal.reason;
    throw new CloudError(`${cloud} gave no answer in the time that it has. Try again later.`, "no answer");
  }
}

export function cloudProgram({ program, cloud, install, env, reasons }: CloudProgramSettings): CloudProgram {
  const run: CloudProgram["run"] = async (args, { signal, what }) => {
    // Where it is a script, what that starts would go on, and make what nobody knows of.
    const options = { env, signal, detached: true, group: true };
    const run = () => runChild([...launcherOf(program, env), ...args], options);
    const { exitCode, stdout, stderr, startError } = await inTime(cloud, signal, run);
    if (startError === "ENOENT") {
      throw new CloudError(
        `${cloud} is asked through ${program}, which is not installed or not on PATH. ${install}`,
        startError,
      );
    }
    if (startError) throw new CloudError(`${program} could not be started (${startError}).`, startError);
    if (exitCode === 0) return stdout.toString("utf8");
    throw refusal({ cloud, reasons }, what, stderr.trim());
  };
  return {
    run,
    async json(args, options) {
      // Azure's program prints a dot before it, each time that it looks whether it is done.
      const text = (await run(args, options)).replace(/^[.\s]+/, "");
      if (text === "") return null;
      try {
        return JSON.parse(text);
      } catch {
        throw new UserError(`${program} was to ${options.what}, and answered with something else than JSON.`);
      }
    },
  };
}
