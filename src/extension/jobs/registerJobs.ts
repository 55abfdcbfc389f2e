/** Jobs: what can be done with them, who starts them, and what is told of them. */
import * as vscode from "vscode";
import type { CommandDeps } from "../commands/deps";
import type { EntryPointsOf } from "../run/entryPointsOf";
import type { LastTargets } from "../targets/lastTargets";
import { registerTargets } from "../targets/registerTargets";
import type { TargetSecrets } from "../targets/secrets";
import { registerJobCommands } from "./jobCommands";
import { notifyOfJobs } from "./jobNotifications";
import type { JobsTree } from "./jobsTree";
import { keepJobsGoing } from "./keepGoing";

export interface RegisterJobsDeps extends CommandDeps {
  jobs: JobsTree;
  last: LastTargets;
  secrets: TargetSecrets;
  entryPoints: EntryPointsOf;
}

export function registerJobs(deps: RegisterJobsDeps): vscode.Disposable {
  const keeper = keepJobsGoing(deps);
  const { work } = keeper;
  return vscode.Disposable.from(
    keeper,
    registerJobCommands({ ...deps, work }),
    registerTargets({ ...deps, work }),
    notifyOfJobs(deps.projects, deps.log),
  );
}
