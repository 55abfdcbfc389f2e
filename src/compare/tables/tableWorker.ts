/** The thread that reads one table: its head, then all of it, then maybe matches its rows with those of another. */
import { parentPort } from "node:worker_threads";
import { UserError } from "../../domain/errors";
import { readHead } from "./headProfile";
import { matchRows } from "./rows/matchRows";
import { buffersOf } from "./rows/recordStore";
import { profileTable, type TableProfile } from "./tableProfile";
import type { TableMessage, TableReply, TableTask } from "./tableThread";

const PROGRESS_MS = 100;
/** Its rows stay here, unless they are asked for. */
let profile: TableProfile | null = null;

parentPort?.on("message", ({ id, task }: TableMessage) => {
  answer(id, task).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    reply({ id, type: "error", message, isUserError: error instanceof UserError, code: code ?? null });
  });
});

async function answer(id: number, task: TableTask): Promise<void> {
  switch (task.type) {
    case "head":
      return reply({ id, type: "done", value: await readHead(task.file, task.format) });
    case "profile": {
      let told = 0;
      profile = await profileTable(task.request, (bytes) => {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        reply({ id, type: "progress", bytes });
      });
      const { records, close, ...rest } = profile;
      return reply({ id, type: "done", value: { ...rest, hasRecords: records !== null } });
    }
    case "records": {
      const records = profile!.records!;
      return reply({ id, type: "done", value: records }, buffersOf(records));
    }
    case "match":
      return reply({ id, type: "done", value: matchRows(profile!.records!, task.after, task.isKeyed, task.prints) });
  }
}

function reply(message: TableReply, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
