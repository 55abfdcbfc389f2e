/** Going on under another Node, as if that had been the one that was started. */
import { spawn } from "node:child_process";
import { exitLike } from "../recorder/process/exit";
import { givenFileLimit } from "../recorder/process/fileLimit";
import { keepSignals } from "../recorder/process/signals";
import { startWitness } from "../recorder/process/witness";

/** Runs `program` under `node` with our arguments, streams and signals, and ends as it ends. */
export async function restartWith(node: string, program: string): Promise<void> {
  const signals = keepSignals({ ownSession: false, keepOnHangup: false });
  const limit = givenFileLimit();
  const child = spawn(node, [program, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, MODELTRAIL_RESTARTED: "1", ...(limit ? { MODELTRAIL_FILE_LIMIT: String(limit) } : {}) },
  });
  const witness = startWitness();
  const ended = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  signals.command({ pid: child.pid!, sawSignal: witness.sawSignal, endedFor: () => 0, giveUp() {} });
  const end = await ended;
  witness.stop();
  exitLike(end);
}
