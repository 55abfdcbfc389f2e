/** The thread that hashes: takes batches of tasks, answers each with its outcomes in order. */
import { parentPort } from "node:worker_threads";
import { type HashOutcome, type HashTask, hashFile } from "./hashTask";

parentPort?.on("message", (tasks: HashTask[]) => {
  const outcomes: HashOutcome[] = tasks.map(hashFile);
  parentPort?.postMessage(outcomes);
});
