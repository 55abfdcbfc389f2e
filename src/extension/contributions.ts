/**
 * Every name that package.json and the code share, in one place. `contributions.test.ts` holds package.json to it: a command,
 * setting, view or context key that is on one side only fails there.
 */
export const EXTENSION_ID = "modeltrail.modeltrail";

export const Command = {
  run: "modeltrail.run",
  runWithArguments: "modeltrail.runWithArguments",
  runAgain: "modeltrail.runAgain",
  runSweep: "modeltrail.runSweep",
  debug: "modeltrail.debug",
  recordTerminals: "modeltrail.recordTerminals",
  stop: "modeltrail.stop",
  showRunning: "modeltrail.showRunning",
  openCharts: "modeltrail.openCharts",
  openRunPage: "modeltrail.openRunPage",
  openSideBySide: "modeltrail.openSideBySide",
  openRunsTable: "modeltrail.openRunsTable",
  openLog: "modeltrail.openLog",
  openRawLog: "modeltrail.openRawLog",
  openScript: "modeltrail.openScript",
  openRunFolder: "modeltrail.openRunFolder",
  openFile: "modeltrail.openFile",
  saveFile: "modeltrail.saveFile",
  openVersion: "modeltrail.openVersion",
  compareWithWorkspace: "modeltrail.compareWithWorkspace",
  compareWithRun: "modeltrail.compareWithRun",
  compareRuns: "modeltrail.compareRuns",
  compareChosen: "modeltrail.compareChosen",
  compareRunWithWorkspace: "modeltrail.compareRunWithWorkspace",
  compareWithPrevious: "modeltrail.compareWithPrevious",
  compareCode: "modeltrail.compareCode",
  showAlsoSame: "modeltrail.showAlsoSame",
  restoreToFolder: "modeltrail.restoreToFolder",
  restoreToWorktree: "modeltrail.restoreToWorktree",
  bringIntoWorkspace: "modeltrail.bringIntoWorkspace",
  restoreFile: "modeltrail.restoreFile",
  reproduce: "modeltrail.reproduce",
  showVerdict: "modeltrail.showVerdict",
  compareVersions: "modeltrail.compareVersions",
  compareDataFile: "modeltrail.compareDataFile",
  compareDataText: "modeltrail.compareDataText",
  nameDataset: "modeltrail.nameDataset",
  loadMoreVersions: "modeltrail.loadMoreVersions",
  refreshData: "modeltrail.refreshData",
  copyVersion: "modeltrail.copyVersion",
  showLineage: "modeltrail.showLineage",
  showHistory: "modeltrail.showHistory",
  compareThenAndNow: "modeltrail.compareThenAndNow",
  loadMoreHistory: "modeltrail.loadMoreHistory",
  freeSpace: "modeltrail.freeSpace",
  showSpace: "modeltrail.showSpace",
  exportRuns: "modeltrail.exportRuns",
  reportRuns: "modeltrail.reportRuns",
  importRuns: "modeltrail.importRuns",
  importFrom: "modeltrail.importFrom",
  exportTo: "modeltrail.exportTo",
  pushCode: "modeltrail.pushCode",
  fetchCode: "modeltrail.fetchCode",
  showRun: "modeltrail.showRun",
  pin: "modeltrail.pin",
  unpin: "modeltrail.unpin",
  rename: "modeltrail.rename",
  editTags: "modeltrail.editTags",
  editNote: "modeltrail.editNote",
  moveToExperiment: "modeltrail.moveToExperiment",
  copyId: "modeltrail.copyId",
  copyValue: "modeltrail.copyValue",
  delete: "modeltrail.delete",
  restoreDeleted: "modeltrail.restoreDeleted",
  filter: "modeltrail.filter",
  clearFilter: "modeltrail.clearFilter",
  sort: "modeltrail.sort",
  group: "modeltrail.group",
  refresh: "modeltrail.refresh",
  loadMore: "modeltrail.loadMore",
  clearChosen: "modeltrail.clearChosen",
  createQuickstart: "modeltrail.createQuickstart",
  openWalkthrough: "modeltrail.openWalkthrough",
  attachKernel: "modeltrail.attachKernel",
  startNewNotebookRun: "modeltrail.startNewNotebookRun",
  useTrackedKernel: "modeltrail.useTrackedKernel",
  openCell: "modeltrail.openCell",
  compareCell: "modeltrail.compareCell",
  restartKernel: "modeltrail.restartKernel",
  runOnTarget: "modeltrail.runOnTarget",
  addToQueue: "modeltrail.addToQueue",
  checkTarget: "modeltrail.checkTarget",
  editTargets: "modeltrail.editTargets",
  setTargetSecret: "modeltrail.setTargetSecret",
  forgetTargetSecrets: "modeltrail.forgetTargetSecrets",
  cancelJob: "modeltrail.cancelJob",
  retryJob: "modeltrail.retryJob",
  openJobLog: "modeltrail.openJobLog",
  showJobRun: "modeltrail.showJobRun",
  raiseJob: "modeltrail.raiseJob",
  lowerJob: "modeltrail.lowerJob",
  pauseQueue: "modeltrail.pauseQueue",
  resumeQueue: "modeltrail.resumeQueue",
  loadMoreJobs: "modeltrail.loadMoreJobs",
  registerModel: "modeltrail.registerModel",
  promoteModel: "modeltrail.promoteModel",
  demoteModel: "modeltrail.demoteModel",
  setModelAlias: "modeltrail.setModelAlias",
  removeModelAlias: "modeltrail.removeModelAlias",
  archiveModel: "modeltrail.archiveModel",
  unarchiveModel: "modeltrail.unarchiveModel",
  editModelDescription: "modeltrail.editModelDescription",
  editModelTags: "modeltrail.editModelTags",
  showModelCard: "modeltrail.showModelCard",
  editModelCard: "modeltrail.editModelCard",
  compareModelVersions: "modeltrail.compareModelVersions",
  runGates: "modeltrail.runGates",
  showAuditLog: "modeltrail.showAuditLog",
  verifyAuditLog: "modeltrail.verifyAuditLog",
  exportAuditLog: "modeltrail.exportAuditLog",
  forgetTrust: "modeltrail.forgetTrust",
  loadMoreModels: "modeltrail.loadMoreModels",
  deployModel: "modeltrail.deployModel",
  deployModelTo: "modeltrail.deployModelTo",
  showDeployment: "modeltrail.showDeployment",
  tryDeployment: "modeltrail.tryDeployment",
  copyAsCurl: "modeltrail.copyAsCurl",
  copyAsPython: "modeltrail.copyAsPython",
  copyEndpoint: "modeltrail.copyEndpoint",
  showDeploymentLog: "modeltrail.showDeploymentLog",
  showPredictions: "modeltrail.showPredictions",
  refreshPredictions: "modeltrail.refreshPredictions",
  filterPredictions: "modeltrail.filterPredictions",
  rollBackDeployment: "modeltrail.rollBackDeployment",
  rollBackDeploymentTo: "modeltrail.rollBackDeploymentTo",
  setTraffic: "modeltrail.setTraffic",
  startDeployment: "modeltrail.startDeployment",
  undeploy: "modeltrail.undeploy",
  removeDeployment: "modeltrail.removeDeployment",
  refreshDeployments: "modeltrail.refreshDeployments",
  deployAnyway: "modeltrail.deployAnyway",
  loadMoreRollouts: "modeltrail.loadMoreRollouts",
  showOutput: "modeltrail.showOutput",
} as const;
export type Command = (typeof Command)[keyof typeof Command];

/** Menus below a run's menu. */
export const Submenu = { restore: "modeltrail.restoreMenu", share: "modeltrail.shareMenu" } as const;

export const View = {
  experiments: "modeltrail.experiments",
  jobs: "modeltrail.jobs",
  models: "modeltrail.models",
  deployments: "modeltrail.deployments",
  data: "modeltrail.data",
  lineage: "modeltrail.lineage",
  history: "modeltrail.history",
} as const;
export const ViewContainer = { main: "modeltrail" } as const;
export const Panel = {
  runForm: "modeltrail.runForm",
  charts: "modeltrail.charts",
  runPage: "modeltrail.runPage",
  sideBySide: "modeltrail.sideBySide",
  runsTable: "modeltrail.runsTable",
  tryIt: "modeltrail.tryIt",
} as const;
export const Walkthrough = { start: "start" } as const;
export const TASK_TYPE = "modeltrail";
/** What language models can ask: each is one of src/agents/tools.ts, but for the one that starts runs. */
export const LanguageModelTool = {
  listRuns: "modeltrail_list_runs",
  searchRuns: "modeltrail_search_runs",
  showRun: "modeltrail_show_run",
  compareRuns: "modeltrail_compare_runs",
  explainRun: "modeltrail_explain_run",
  metricHistory: "modeltrail_metric_history",
  readLog: "modeltrail_read_log",
  traceFile: "modeltrail_trace_file",
  start: "modeltrail_start_run",
} as const;
export const McpProvider = { runs: "modeltrail.mcp" } as const;

/** Schemes of documents that we provide. */
export const Scheme = {
  log: "modeltrail-log",
  run: "modeltrail-run",
  report: "modeltrail-report",
  card: "modeltrail-card",
} as const;

/** The settings, with the types of their values. Their defaults are in package.json. */
export interface Settings {
  "modeltrail.python": string;
  "modeltrail.run.workingDirectory": "workspaceFolder" | "scriptFolder";
  "modeltrail.run.onTerminalClose": "keepRunning" | "stop";
  "modeltrail.run.revealTerminal": boolean;
  "modeltrail.mlflow.autolog": "auto" | "on" | "off";
  "modeltrail.editor.codeLens": boolean;
  "modeltrail.editor.lastValues": boolean;
  "modeltrail.editor.bestValues": boolean;
  "modeltrail.editor.hovers": boolean;
  "modeltrail.terminals.record": boolean;
  "modeltrail.debug.record": boolean;
  "modeltrail.tree.pageSize": number;
  "modeltrail.tree.collapseScratchRuns": boolean;
  "modeltrail.reproduce.tolerance": number;
  "modeltrail.log.maxSize": number;
  "modeltrail.jobs.notify": "unfocused" | "failed" | "never";
  "modeltrail.notebooks.record": boolean;
  "modeltrail.notebooks.markStaleCells": boolean;
  "modeltrail.notebooks.showCellHistory": boolean;
}
export const SETTINGS = [
  "modeltrail.python",
  "modeltrail.run.workingDirectory",
  "modeltrail.run.onTerminalClose",
  "modeltrail.run.revealTerminal",
  "modeltrail.mlflow.autolog",
  "modeltrail.editor.codeLens",
  "modeltrail.editor.lastValues",
  "modeltrail.editor.bestValues",
  "modeltrail.editor.hovers",
  "modeltrail.terminals.record",
  "modeltrail.debug.record",
  "modeltrail.tree.pageSize",
  "modeltrail.tree.collapseScratchRuns",
  "modeltrail.reproduce.tolerance",
  "modeltrail.log.maxSize",
  "modeltrail.jobs.notify",
  "modeltrail.notebooks.record",
  "modeltrail.notebooks.markStaleCells",
  "modeltrail.notebooks.showCellHistory",
] as const satisfies (keyof Settings)[];
type Unlisted = Exclude<keyof Settings, (typeof SETTINGS)[number]>;
/** Fails to compile when a setting above is not in the list. */
export const allSettingsListed: Unlisted extends never ? true : Unlisted = true;

/** What `when` clauses in package.json may ask. */
export const Context = {
  /** A filter is set on the tree. */
  filtered: "modeltrail.filtered",
  /** How many runs are chosen by their checkboxes. */
  chosen: "modeltrail.chosen",
  /** There are runs to do something with. */
  hasRuns: "modeltrail.hasRuns",
  /** It is known that there are none: not so while they are still being looked for. */
  noRuns: "modeltrail.noRuns",
  /** Lineage was asked for. */
  lineage: "modeltrail.lineage",
  /** There are jobs, ended ones included. */
  hasJobs: "modeltrail.hasJobs",
  /** Nothing of the queue begins. */
  queuePaused: "modeltrail.queuePaused",
  /** There are models in the registry. */
  hasModels: "modeltrail.hasModels",
  /** There are deployments, those of which nothing is served included. */
  hasDeployments: "modeltrail.hasDeployments",
  /** How many runs are running. */
  running: "modeltrail.running",
} as const;
export type Context = (typeof Context)[keyof typeof Context];
