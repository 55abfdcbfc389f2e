/**
 * The worker threads of a window: one that owns every SQLite connection it reads through, so that the extension host never
 * waits for a disk, and, started from the same file, one for each chore that may take long.
 */
import { parentPort, workerData } from "node:worker_threads";

const port = parentPort;
if (!port) throw new Error("The store worker is started by the extension, as a thread.");
if (workerData === "chore") void import("./worker/chores/serveChore").then(({ serveChore }) => serveChore(port));
else void import("./worker/serveStores").then(({ serveStores }) => serveStores(port));
