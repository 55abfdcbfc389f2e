/** Runs a command and records it. Whatever goes wrong with the record, the command runs as if there were none. */
import { writeSync } from "node:fs";
import { UserError } from "../domain/errors";
import { makeChannels } from "./process/channels";
import { type CommandEnd, startCommand } from "./process/command";
import { commandEnvironment } from "./process/environment";
import { restoreFileLimit } from "./process/fileLimit";
import { CommandRefused } from "./process/refused";
import { keepSignals } from "./process/signals";
import { leaveStandardStreams } from "./process/standardStreams";
import { beginRecording, type Recording, type RecordingOptions } from "./recording";

export interface RecordOptions extends RecordingOptions {
  /** Whether the run goes on when its terminal is closed. */
  onHangup: "stop" | "continue";
}

/** How the command ended; what its caller is to end with, see `exitLike`. */
export type RecordResult = Pick<CommandEnd, "exitCode" | "signal">;

/**
 * Never throws for what belongs to the record: what cannot be recorded is said in one line on standard error, the only
 * thing we ever write there besides what a shell would say of a command that cannot be started.
 */
export async function record(options: RecordOptions): Promise<RecordResult> {
  leaveStandardStreams();
  const keep = options.onHangup === "continue";
  const signals = keepSignals({ ownSession: keep, keepOnHangup: keep });
  const preparing = Promise.all([makeChannels(), restoreFileLimit()]);
  const recording = begin(options);
  // A fault of ours must not end the command, whose output goes through our hands.
  process.on("uncaughtException", (fault) => recording?.warn(`A fault of the recorder: ${reasonOf(fault)}`));
  await guarded(recording, () => recording?.takeCode(signals.early));
  const [channels] = await preparing;
  if (signals.early.aborted) {
    const end = { exitCode: null, signal: signals.early.reason as NodeJS.Signals };
    channels?.remove();
    await guarded(recording, () => recording?.endUnstarted({ ...end, status: "killed" }));
    return end;
  }
  try {
    const command = await startCommand(
      {
        command: options.command,
        cwd: options.cwd,
        env: environmentOf(options.env, recording),
        logPath: recording?.logPath ?? null,
        ownSession: keep,
        ignoreHangup: isUnderNohup(options.env),
        onLogError: (reason) => recording?.warn(`The log could not be written: ${reason}.`),
      },
      channels,
      (reason) => recording?.warn(`The command got pipes in place of a terminal: ${reason}.`),
    );
    signals.command(command);
    await guarded(recording, () => recording?.started(command));
    const end = await command.ended;
    const impatient = new AbortController();
    signals.over((signal) => impatient.abort(signal));
    await guarded(recording, () => recording?.end(end, impatient.signal));
    return signals.late ? { exitCode: null, signal: signals.late } : end;
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error;
    tell(error.message);
    const end = { exitCode: error.exitCode, signal: null };
    recording?.warn(error.message);
    await guarded(recording, () => recording?.endUnstarted({ ...end, status: "failed" }));
    return end;
  } finally {
    channels?.remove();
  }
}

function begin(options: RecordOptions): Recording | null {
  try {
    return beginRecording(options);
  } catch (error) {
    tell(`this run is not recorded: ${reasonOf(error)}`);
    return null;
  }
}

function environmentOf(env: NodeJS.ProcessEnv, recording: Recording | null): NodeJS.ProcessEnv {
  const plain = commandEnvironment(env, recording?.tracer ?? null);
  return recording?.lead(plain) ?? plain;
}

let told = false;

/** Does something for the record; a failure is said, once, and is the record's alone. */
async function guarded(recording: Recording | null, action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!told) tell(`run ${recording?.id.slice(0, 8)} is not recorded in full: ${reasonOf(error)}`);
    told = true;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof UserError ? error.message : String((error as Error).stack ?? error);
}

/** Straight to the descriptor: `process.stderr` would change its state. */
function tell(message: string): void {
  try {
    writeSync(2, `modeltrail: ${message}\n`);
  } catch {}
}

/** nohup makes a command ignore SIGHUP, which Node undoes at its start; shells name the program they started in `_`. */
function isUnderNohup(env: NodeJS.ProcessEnv): boolean {
  return /(?:^|\/)nohup$/.test(env._ ?? "");
}
