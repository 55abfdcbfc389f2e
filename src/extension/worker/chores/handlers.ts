/** What each chore does. It has a store of its own, which is closed when the chore is done. */
import { compareRuns, WORKSPACE } from "../../../compare/runs";
import { compareTables } from "../../../compare/tables/compareTables";
import { UserError } from "../../../domain/errors";
import type { Handlers } from "../../../protocol/channel";
import { reportComment } from "../../../report/asMarkdown";
import { gatherReport } from "../../../report/gatherReport";
import { writeReport } from "../../../report/writeReport";
import { exportRuns } from "../../../share/exportRuns";
import { describeArchive, importRuns } from "../../../share/importRuns";
import { createComparisonReaders } from "../../../snapshot/comparisonReaders";
import { type RestoreProgress, restoreRun } from "../../../snapshot/restore";
import { restoreFile } from "../../../snapshot/restoreFile";
import { restoreWorktree } from "../../../snapshot/restoreWorktree";
import { freeSpace } from "../../../space/free";
import { planFreeing } from "../../../space/plan";
import { DEFAULT_RULES, readRules, type SpaceRules } from "../../../space/rules";
import { spaceUsage } from "../../../space/usage";
import type { Store } from "../../../store/contract";
import { openStore } from "../../../store/open";
import type { ChoreApi, ChoreProgress, FreeingPlan } from "./api";
import { compareVersions, tableSources } from "./compareVersions";

export function choreHandlers(report: (progress: ChoreProgress) => void): Handlers<ChoreApi> {
  const bytes = (done: number, total: number) => report({ done, total });
  const onProgress = ({ bytes, totalBytes, files, totalFiles }: RestoreProgress) =>
    report({
      done: bytes,
      total: totalBytes,
      what: `${files.toLocaleString()} of ${totalFiles.toLocaleString()} files`,
    });

  return {
    async findEntryPoints({ folder }, signal) {
      const { findEntryPoints } = await import("../../../targets/entryPoints/findEntryPoints");
      return findEntryPoints(folder, signal);
    },
    async checkTarget(request, signal) {
      const { checkTarget } = await import("./checkTarget");
      return checkTarget(request, signal);
    },
    compareRuns: ({ root, ids, workspace, all }, signal) =>
      // A look at the workspace's files remembers their hashes.
      withStore(root, { readOnly: !workspace }, async (store) => {
        const readers = createComparisonReaders(store, { signal });
        try {
          return await compareRuns(store, workspace ? [...ids, WORKSPACE] : ids, readers, { all, signal });
        } finally {
          await readers.close();
        }
      }),
    compareVersions: ({ root, before, after }, signal) =>
      withStore(root, { readOnly: true }, ({ folder }) => compareVersions(folder, before, after, { signal, report })),
    compareTables: ({ root, path, before, after }, signal) =>
      withStore(root, { readOnly: true }, ({ folder }) => {
        const [older, newer] = tableSources(folder, path, before, after);
        return compareTables(older, newer, { signal, onProgress: bytes });
      }),

    restoreRun: ({ root, id, to }, signal) =>
      withStore(root, { readOnly: true }, (store) => restoreRun(store, id, { to, signal, onProgress })),
    restoreWorktree: ({ root, id, to }, signal) =>
      withStore(root, { readOnly: true }, (store) => restoreWorktree(store, id, { to, signal, onProgress })),
    restoreFile: ({ root, id, path, to, written }, signal) =>
      withStore(root, { readOnly: true }, (store) => restoreFile(store, id, path, { to, written, signal })),

    reportRuns: ({ root, ids, baseline, format, file }, signal) =>
      withStore(root, { readOnly: true }, async (store) => {
        const report = await gatherReport(store, { runs: ids, baseline: baseline ?? undefined, signal });
        if (file === null) return { files: [], text: reportComment(report) };
        // The dialog has asked whether a file of that name is to be replaced.
        return { files: writeReport(report, file, format, true), text: "" };
      }),

    exportRuns: ({ root, ids, file, withoutData }, signal) =>
      // The dialog has asked whether a file of that name is to be replaced.
      withStore(root, { readOnly: true }, (store) =>
        exportRuns(store, ids, file, { withoutData, replace: true, signal, onProgress: bytes }),
      ),
    describeArchive: ({ file }) => describeArchive(file),
    importRuns: ({ root, file }, signal) =>
      withStore(root, { create: true }, (store) => importRuns(store, file, { signal, onProgress: bytes })),

    async askTool({ root, tool: name, input }, signal) {
      const [{ askTool }, { readTools }] = await Promise.all([
        import("../../../agents/answer"),
        import("../../../agents/tools"),
      ]);
      const tool = readTools.find((one) => one.name === name);
      if (!tool) throw new UserError(`There is no tool ${name}.`);
      return await askTool(tool, root, input, signal);
    },

    spaceUsage: ({ root }) => withStore(root, { readOnly: true }, spaceUsage),
    planFreeing: ({ root, budget }) => withStore(root, {}, (store) => freeingPlans(store, budget)),
    freeSpace: ({ root, plan }, signal) =>
      withStore(root, {}, (store) => freeSpace(store, plan, { signal, onStep: (what) => report({ what }) })),
  };
}

/** A plan that would free no more than the one before it is left out. */
async function freeingPlans(store: Store, budget: number | null): Promise<ReturnType<ChoreApi["planFreeing"]>> {
  const plan = async (what: FreeingPlan["what"], rules: SpaceRules): Promise<FreeingPlan> => {
    return { what, ...(await planFreeing(store, rules)) };
  };
  if (budget !== null) {
    const only = await plan("budget", { ...DEFAULT_RULES, budget });
    return { usage: only.usage, plans: [only] };
  }
  const rules = await readRules(store.root);
  const first = await plan("rules", rules);
  const plans = [first];
  for (const [what, more] of [
    ["deleted", { ...rules, budget: null, keepDeletedDays: 0, keepScratchDays: null }],
    ["scratch", { ...rules, budget: null, keepDeletedDays: 0, keepScratchDays: 0 }],
  ] as const) {
    const next = await plan(what, more);
    if (next.runs.length > plans.at(-1)!.runs.length) plans.push(next);
  }
  return { usage: first.usage, plans };
}

async function withStore<T>(
  root: string,
  options: { create?: boolean; readOnly?: boolean },
  action: (store: Store) => Promise<T> | T,
): Promise<T> {
  const store = openStore(root, { create: false, ...options });
  try {
    return await action(store);
  } finally {
    store.close();
  }
}
