/** Jobs go on without a window; where nobody looks after them any more, a window that is open sees to it. */
import path from "node:path";
import * as vscode from "vscode";
import { packSecrets } from "../../targets/secretVariables";
import type { CommandDeps } from "../commands/deps";
import { recorderEnvironment } from "../run/recorderTask";
import type { Project } from "../stores/projects";
import type { TargetSecrets } from "../targets/secrets";

export interface KeepGoingDeps extends Pick<CommandDeps, "context" | "projects" | "log"> {
  secrets: TargetSecrets;
}

export interface JobKeeper extends vscode.Disposable {
  /** Sees to it that queued jobs of the project begin. */
  work(root: string): Promise<void>;
}

/** Processes that look after jobs are looked for this often: that one dies is rare, and nothing is lost meanwhile. */
const LOOK_MS = 20_000;

export function keepJobsGoing({ context, projects, log, secrets }: KeepGoingDeps): JobKeeper {
  const program = [process.execPath, path.join(context.extensionPath, "dist", "cli.js")];
  const seen = new Set<string>();
  let looking = false;

  /** With what the project's targets ask for and nobody else may see. */
  async function environment(root: string): Promise<NodeJS.ProcessEnv> {
    const targets = await projects.call("listTargets", { root }).catch(() => []);
    const own = await Promise.all(
      targets.map(async ({ name }) => [name, await secrets.environment(root, name)] as const),
    );
    return { ...process.env, ...recorderEnvironment(), ...packSecrets(Object.fromEntries(own)) };
  }

  async function work(root: string): Promise<void> {
    const { startQueue } = await import("../../targets/queue/start");
    startQueue(root, { program, env: await environment(root) });
  }

  async function lookAt({ root, folder, name }: Project): Promise<void> {
    const { active, queued, paused } = await projects.call("jobCounts", { root });
    if (queued > 0 && !paused.includes(null)) {
      const { isQueueLookedAfter } = await import("../../targets/queue/lock");
      if (!isQueueLookedAfter(folder)) {
        log.channel.info(`${name} has ${queued} queued jobs: its queue goes on.`);
        await work(root);
      }
    }
    // The first look is also for what jobs have left behind.
    if (active === 0 && seen.has(root)) return;
    seen.add(root);
    const taken = await projects.call("resumeJobs", { root, argv: program, env: await environment(root) });
    if (taken.length > 0)
      log.channel.info(`Nobody looked after ${taken.length} jobs of ${name} any more: they are followed again.`);
  }

  async function look(): Promise<void> {
    if (looking || !vscode.workspace.isTrusted) return;
    looking = true;
    try {
      await projects.ready();
      for (const project of projects.all) await lookAt(project);
    } catch (error) {
      log.error("look after jobs", error);
    } finally {
      looking = false;
    }
  }

  const timer = setInterval(() => void look(), LOOK_MS);
  const subscription = projects.onDidChangeProjects(() => void look());
  return {
    work,
    dispose() {
      clearInterval(timer);
      subscription.dispose();
    },
  };
}
