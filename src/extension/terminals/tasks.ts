/** What VS Code tells of the runs that its tasks start. */
import * as vscode from "vscode";
import { tell } from "../../recorder/adopt/told";
import type { Witness } from "../adoption/adopters";
import { ancestorsFrom } from "../adoption/ancestors";
import { type Deferred, deferred } from "../adoption/deferred";
import { TASK_TYPE } from "../contributions";

/** A task that ended is known for so long. */
const REMEMBER_MS = 30_000;

export function createTasks(onError: (error: unknown) => void): Witness & vscode.Disposable {
  const processes = new Map<number, Deferred<number | undefined>>();
  const byExecution = new Map<vscode.TaskExecution, number>();

  const subscriptions = [
    vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
      // Ours record themselves.
      if (execution.task.definition.type === TASK_TYPE) return;
      processes.set(processId, deferred());
      byExecution.set(execution, processId);
    }),
    vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      const pid = byExecution.get(execution);
      if (pid === undefined) return;
      byExecution.delete(execution);
      processes.get(pid)?.resolve(exitCode);
      setTimeout(() => processes.delete(pid), REMEMBER_MS);
    }),
  ];

  return {
    async claim({ start, folder }) {
      const own = processes.get(start.pid);
      const found = own ?? (await ancestorsFrom(start.ppid)).map((pid) => processes.get(pid)).find(Boolean);
      if (!found) return null;
      // The exit code of a task that does more than this run is not the run's.
      tell(folder, { watching: "task", by: process.pid, done: !own });
      own?.promise
        .then((exitCode) => tell(folder, { done: true, ...(exitCode === undefined ? {} : { exitCode }) }))
        .catch(onError);
      return "task";
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
