/** Jobs: their view, what can be done with them, and who starts them. */
import path from "node:path";
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import type { EntryPointsOf } from "../run/entryPointsOf";
import { recorderEnvironment } from "../run/recorderTask";
import type { LastTargets } from "../targets/lastTargets";
import { registerTargets } from "../targets/registerTargets";
import type { TargetSecrets } from "../targets/secrets";
import { registerJobCommands } from "./jobCommands";
import { notifyOfJobs } from "./jobNotifications";
import type { JobsTree } from "./jobsTree";

export interface RegisterJobsDeps extends CommandDeps {
  jobs: JobsTree;
  last: LastTargets;
  secrets: TargetSecrets;
  entryPoints: EntryPointsOf;
}

export function registerJobs(deps: RegisterJobsDeps): vscode.Disposable {
  const { context, projects, log } = deps;
  const cli = path.join(context.extensionPath, "dist", "cli.js");

  /** What looks after the queue lives in a process of its own, which outlives the window. */
  async function work(root: string, more: Record<string, string> = {}): Promise<void> {
    const { startQueue } = await import("../../targets/queue/start");
    startQueue(root, { program: [process.execPath, cli], env: { ...process.env, ...recorderEnvironment(), ...more } });
  }

  /** Jobs that were queued when nothing looked after them any more: the machine was off, or the process was killed. */
  async function goOn(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    await projects.ready();
    for (const { root, name } of projects.all) {
      const { queued, paused } = await projects.call("jobCounts", { root });
      if (queued === 0 || paused.includes(null)) continue;
      log.channel.info(`${name} has ${queued} queued jobs: its queue goes on.`);
      await work(root);
    }
  }

  const start = () => void goOn().catch((error) => log.error("go on with the queue", error));
  setImmediate(start);
  return vscode.Disposable.from(
    registerJobCommands({ ...deps, work }),
    registerTargets({ ...deps, work }),
    notifyOfJobs(projects, log),
    vscode.workspace.onDidGrantWorkspaceTrust(start),
  );
}
