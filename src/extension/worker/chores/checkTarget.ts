/** The check before the start: what would fail on a target, and how much would be sent there. */
import path from "node:path";
import { UserError } from "../../../domain/errors";
import { LOCAL } from "../../../domain/targets";
import { readProjectFile } from "../../../snapshot/projectFile";
import { storeExists } from "../../../store/locate";
import { openStore } from "../../../store/open";
import type { JobPlan, Problem } from "../../../targets/contract";
import { openTarget } from "../../../targets/registry";
import { describeStage, type StageSize } from "../../../targets/stage/describeStage";
import type { TargetCheck, TargetCheckRequest } from "./api";

export async function checkTarget(request: TargetCheckRequest, signal: AbortSignal): Promise<TargetCheck> {
  if (request.target === LOCAL) return { problems: [], size: null };
  const [problems, size] = await Promise.all([problemsOf(request, signal), sizeOf(request, signal)]);
  return { problems, size };
}

async function problemsOf({ root, target: name, command, cwd, env }: TargetCheckRequest, signal: AbortSignal) {
  try {
    const target = await openTarget(name, { root, env: { ...process.env, ...env } });
    return await target.check(plannedJob(root, command, cwd), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) return [{ severity: "error", message: error.message } satisfies Problem];
    throw error;
  }
}

/** A job that does not exist yet: the project's folder stands for its stage. */
function plannedJob(root: string, command: string[], cwd: string): JobPlan {
  const id = "0".repeat(32);
  const relative = path.relative(root, cwd).split(path.sep).join("/");
  const folders = { stage: root, project: "", logPath: path.join(root, "output.log"), spool: path.join(root, "spool") };
  return { id, run: id, name: "check", command, cwd: relative, ...folders, env: {}, gpus: 0, limits: {} };
}

async function sizeOf(
  { root, target, command, cwd }: TargetCheckRequest,
  signal: AbortSignal,
): Promise<StageSize | null> {
  const project = await readProjectFile(root).catch(() => ({ targets: null }));
  const globs = project.targets?.[target]?.data ?? [];
  const nothing = { root, folder: "", listRuns: () => ({ runs: [], next: null, total: 0 }), getRun: () => null };
  const store = storeExists(root) ? openStore(root, { create: false, readOnly: true }) : undefined;
  try {
    return await describeStage(store ?? nothing, { project, command, cwd, globs, signal });
  } finally {
    store?.close();
  }
}
