/** Ending as the command ended, so that who started us sees no difference. */
import { spawnSync } from "node:child_process";
import { constants } from "node:os";

/** Exit code when the command's end was not seen. */
const UNSEEN = 1;

/** Does not return: ends this process with the command's exit code, or by its signal. */
export function exitLike(end: { exitCode: number | null; signal: NodeJS.Signals | null }): never {
  if (end.signal && process.platform !== "win32") dieBy(end.signal);
  process.exit(end.exitCode ?? UNSEEN);
}

function dieBy(signal: NodeJS.Signals): void {
  const number = constants.signals[signal] ?? Number(signal.slice("SIG".length));
  // The command has left its core dump, if any; one of Node would be a nuisance.
  if (["SIGQUIT", "SIGABRT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"].includes(signal)) {
    spawnSync("prlimit", ["--pid", String(process.pid), "--core=0"], { stdio: "ignore" });
  }
  try {
    // Node ignores some signals and we listen to others: a listener that goes away leaves the default behind.
    process.on(signal, () => {});
    process.removeAllListeners(signal);
  } catch {
    // SIGKILL and SIGSTOP have only the default.
  }
  process.kill(process.pid, number);
  // It arrives before this wait is over; a stop signal, or one that is blocked, leaves the shell's way of saying it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  process.exit(128 + number);
}
