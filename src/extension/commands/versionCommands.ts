/** Get back what runs were made of, repeat them, and move and free what they keep. Each is loaded when first used. */
import * as vscode from "vscode";
import { Command } from "../contributions";
import { isVersionNode, type MoreVersionsNode } from "../data/nodes";
import { requireTrust } from "../run/launcher";
import type { CommandDeps } from "./deps";

export function registerVersionCommands(deps: CommandDeps): vscode.Disposable {
  const { data, register } = deps;
  const restoring = () => import("./restoreRuns");
  const reproducing = () => import("./reproduceRuns");
  const comparing = () => import("./compareData");
  const lineage = () => import("./showLineage");
  const space = () => import("./freeSpace");
  const sharing = () => import("./shareRuns");

  /** Hiding a menu entry does not keep a command from being called: what writes or starts something asks. */
  const trusted =
    (action: (given: readonly unknown[]) => Promise<void>) =>
    async (...given: readonly unknown[]) => {
      requireTrust();
      await action(given);
    };

  return vscode.Disposable.from(
    register(
      Command.restoreToFolder,
      "restore the run",
      trusted(async (given) => (await restoring()).restoreToFolder(deps, given)),
    ),
    register(
      Command.restoreToWorktree,
      "restore the run",
      trusted(async (given) => (await restoring()).restoreToWorktree(deps, given)),
    ),
    register(
      Command.bringIntoWorkspace,
      "bring the code into the workspace",
      trusted(async (given) => (await restoring()).bringIntoWorkspace(deps, given)),
    ),
    register(
      Command.restoreFile,
      "restore the file",
      trusted(async ([node]) => (await restoring()).restoreFile(deps, node)),
    ),
    register(
      Command.reproduce,
      "reproduce the run",
      trusted(async (given) => (await reproducing()).reproduce(deps, given)),
    ),
    register(Command.showVerdict, "show the verdict", async (...given) =>
      (await reproducing()).showVerdict(deps, given),
    ),
    register(Command.compareVersions, "compare the versions", async (...given) =>
      (await comparing()).compareVersions(deps, given),
    ),
    register(Command.compareDataFile, "compare the files", async (node) =>
      (await comparing()).compareDataFile(deps, node),
    ),
    register(Command.compareDataText, "compare the files", async (given) =>
      (await comparing()).compareDataText(deps, given),
    ),
    register(
      Command.nameDataset,
      "name a dataset",
      trusted(async () => (await comparing()).nameDataset(deps)),
    ),
    register(Command.loadMoreVersions, "load more versions", (node) => data.loadMore(node as MoreVersionsNode)),
    register(Command.refreshData, "read the datasets again", () => data.refresh()),
    register(Command.copyVersion, "copy the version", async (node) => {
      if (isVersionNode(node)) await vscode.env.clipboard.writeText(node.version.version);
    }),
    register(Command.showLineage, "show the lineage", async (...given) => (await lineage()).showLineage(deps, given)),
    register(
      Command.freeSpace,
      "free space",
      trusted(async () => (await space()).freeSpace(deps)),
    ),
    register(Command.showSpace, "say what uses space", async () => (await space()).showSpace(deps)),
    register(
      Command.reportRuns,
      "report the runs",
      trusted(async (given) => (await import("./reportRuns")).reportRuns(deps, given)),
    ),
    register(
      Command.exportRuns,
      "export the runs",
      trusted(async (given) => (await sharing()).exportRuns(deps, given)),
    ),
    register(
      Command.importRuns,
      "import runs",
      trusted(async () => (await sharing()).importRuns(deps)),
    ),
    register(
      Command.importFrom,
      "import the runs",
      trusted(async () => (await import("./importFrom")).importFrom(deps)),
    ),
    register(
      Command.exportTo,
      "send the runs",
      trusted(async (given) => (await import("./exportTo")).exportTo(deps, given)),
    ),
    register(
      Command.pushCode,
      "push the code of runs",
      trusted(async (given) => (await sharing()).pushCode(deps, given)),
    ),
    register(
      Command.fetchCode,
      "fetch the code of runs",
      trusted(async () => (await sharing()).fetchCode(deps)),
    ),
  );
}
