/** The check before the start: what would fail on a target, and how much would be sent there. */
import { LOCAL } from "../../../domain/localTarget";
import { onlyServes } from "../../../domain/targets";
import { readProjectFile } from "../../../snapshot/projectFile";
import { storeExists } from "../../../store/locate";
import { openStore } from "../../../store/open";
import { checkTarget as checkJob } from "../../../targets/checks/checkTarget";
import { describeStage, type StageSize } from "../../../targets/stage/describeStage";
import { targetEnvironment } from "../../../targets/targetEnvironment";
import type { TargetCheck, TargetCheckRequest } from "./api";

export async function checkTarget(request: TargetCheckRequest, signal: AbortSignal): Promise<TargetCheck> {
  const { root, target, command, cwd, env } = request;
  const job = { root, command, cwd, env: targetEnvironment({ ...process.env, ...env }, target), gpus: 0, signal };
  const [problems, size] = await Promise.all([
    checkJob(target, job),
    target === LOCAL ? null : sizeOf(request, signal),
  ]);
  return { problems, size };
}

async function sizeOf(
  { root, target, command, cwd }: TargetCheckRequest,
  signal: AbortSignal,
): Promise<StageSize | null> {
  const project = await readProjectFile(root).catch(() => ({ targets: null }));
  const settings = project.targets?.[target];
  const globs = (settings && !onlyServes(settings) && settings.data) || [];
  const nothing = { root, folder: "", listRuns: () => ({ runs: [], next: null, total: 0 }), getRun: () => null };
  const store = storeExists(root) ? openStore(root, { create: false, readOnly: true }) : undefined;
  try {
    return await describeStage(store ?? nothing, { project, command, cwd, globs, signal });
  } finally {
    store?.close();
  }
}
