/** Builds the extension from its parts. Each part stands alone: one that fails is logged, and the others live. */
import path from "node:path";
import * as vscode from "vscode";
import type { SideBySideState } from "../protocol/sideBySide";
import type { TryItState } from "../protocol/tryIt";
import { registerAdoption } from "./adoption/registerAdoption";
import { registerAgents } from "./agents/registerAgents";
import { createApi, type ModeltrailApi } from "./api";
import { registerCompareRuns } from "./commands/compareRuns";
import type { CommandDeps } from "./commands/deps";
import { registerEditRuns } from "./commands/editRuns";
import { registerGetStarted } from "./commands/getStarted";
import { registerOpenCharts } from "./commands/openCharts";
import { registerOpenRunPage } from "./commands/openRunPage";
import { registerOpenRuns } from "./commands/openRuns";
import { registerOpenRunsTable } from "./commands/openRunsTable";
import { registerOpenSideBySide } from "./commands/openSideBySide";
import { commandRegistrar } from "./commands/registerCommand";
import { registerStartAndStop } from "./commands/startAndStop";
import { registerVersionCommands } from "./commands/versionCommands";
import { registerViewCommands } from "./commands/viewCommands";
import { Panel } from "./contributions";
import { DataTree } from "./data/dataTree";
import { DeploymentsTree } from "./deployments/deploymentsTree";
import { registerDeployments } from "./deployments/registerDeployments";
import { registerDocuments } from "./documents/registerDocuments";
import { registerHistory } from "./history/registerHistory";
import { JobsTree } from "./jobs/jobsTree";
import { registerJobs } from "./jobs/registerJobs";
import type { Lens } from "./lens/registerLens";
import { LineageView } from "./lineage/lineageView";
import { createLog } from "./log";
import { ModelsTree } from "./models/modelsTree";
import { registerModels } from "./models/registerModels";
import { registerKernels } from "./notebook/controller/registerKernels";
import { registerNotebooks } from "./notebook/registerNotebooks";
import type { ChartsDeps, ChartsPanels } from "./panels/chartsPanel";
import type { PagePanels } from "./panels/pagePanels";
import type { RunForms } from "./panels/runFormPanel";
import type { RunsTables } from "./panels/runsTablePanel";
import { registerProjectFile } from "./projectFile/registerProjectFile";
import { createEntryPointsOf } from "./run/entryPointsOf";
import { lastValues } from "./run/lastValues";
import { createLauncher } from "./run/launcher";
import { registerTaskProvider } from "./run/taskProvider";
import { registerStatusBar } from "./statusBar";
import { createChores } from "./stores/chores";
import { createProjects } from "./stores/projects";
import { createWorkerClient } from "./stores/workerClient";
import { lastTargets } from "./targets/lastTargets";
import { createTargetSecrets } from "./targets/secrets";
import { ExperimentsTreeProvider } from "./tree/experimentsTree";

/** What tests inside VS Code look at; nothing of it is offered to other extensions. */
export type Internals = Pick<CommandDeps, "projects" | "tree" | "data" | "lineage" | "chores" | "launcher"> & {
  jobs: JobsTree;
  models: ModelsTree;
  deployments: DeploymentsTree;
  lens(): Promise<Lens>;
};

export function activate(context: vscode.ExtensionContext): ModeltrailApi | (ModeltrailApi & Internals) {
  const distFolder = path.join(context.extensionPath, "dist");
  const log = createLog();
  const client = createWorkerClient(distFolder, log);
  const projects = createProjects(client, log);
  const tree = new ExperimentsTreeProvider(projects, context.workspaceState, log);
  const data = new DataTree(projects, log);
  const lineage = new LineageView(projects, log);
  const chores = createChores(distFolder);
  const documents = registerDocuments(projects, chores);
  const last = lastTargets(context.workspaceState);
  const secrets = createTargetSecrets(context.secrets);
  const entryPoints = createEntryPointsOf(chores);
  const jobs = new JobsTree(projects, log);
  const models = new ModelsTree(projects, log);
  const deployments = new DeploymentsTree(projects, log);
  const launcher = createLauncher({ distFolder, projects, tree, secrets, log });
  context.subscriptions.push(
    log.channel,
    client,
    projects,
    tree,
    data,
    lineage,
    jobs,
    chores,
    documents,
    models,
    deployments,
  );

  let forms: Promise<RunForms> | undefined;
  async function loadForms(): Promise<RunForms> {
    const { createRunForms } = await import("./panels/runFormPanel");
    const last = lastValues(context.workspaceState);
    return createRunForms({ dist: vscode.Uri.file(distFolder), projects, launcher, last, log });
  }
  let charts: Promise<ChartsPanels> | undefined;
  async function loadCharts(): Promise<ChartsPanels> {
    const { createChartsPanels } = await import("./panels/chartsPanel");
    const filterTable: ChartsDeps["filterTable"] = async (...table) => (await runsTables()).filter(...table);
    return createChartsPanels({ dist: vscode.Uri.file(distFolder), projects, log, filterTable });
  }
  const chartsPanels = () => (charts ??= loadCharts());
  let runPages: ReturnType<typeof loadRunPages> | undefined;
  async function loadRunPages() {
    const { createRunPages } = await import("./panels/runPagePanel");
    return createRunPages({ dist: vscode.Uri.file(distFolder), projects, log });
  }
  const pagesOfRuns = () => (runPages ??= loadRunPages());
  let tables: Promise<RunsTables> | undefined;
  async function loadTables(): Promise<RunsTables> {
    const { createRunsTables } = await import("./panels/runsTablePanel");
    return createRunsTables({ dist: vscode.Uri.file(distFolder), projects, log });
  }
  const runsTables = () => (tables ??= loadTables());
  let sides: Promise<PagePanels<SideBySideState>> | undefined;
  async function loadSideBySide(): Promise<PagePanels<SideBySideState>> {
    const { createSideBySidePanels } = await import("./panels/sideBySidePanel");
    return createSideBySidePanels({ dist: vscode.Uri.file(distFolder), projects, chores, log });
  }
  const sideBySidePanels = () => (sides ??= loadSideBySide());
  let tryIts: Promise<PagePanels<TryItState>> | undefined;
  async function loadTryIts(): Promise<PagePanels<TryItState>> {
    const { createTryItPanels } = await import("./panels/tryItPanel");
    return createTryItPanels({ dist: vscode.Uri.file(distFolder), projects, log });
  }
  const tryItPanels = () => (tryIts ??= loadTryIts());
  const deps: CommandDeps = {
    context,
    projects,
    tree,
    data,
    lineage,
    launcher,
    forms: () => (forms ??= loadForms()),
    files: documents.files,
    reports: documents.reports,
    chores,
    log,
    register: commandRegistrar(log, () => tree.view.selection),
  };

  const features: Record<string, () => vscode.Disposable> = {
    "start and stop runs": () => registerStartAndStop(deps),
    "record what is started elsewhere": () => registerAdoption(deps),
    "open what runs recorded": () => registerOpenRuns(deps),
    "open runs side by side": () => registerOpenSideBySide(deps, sideBySidePanels),
    "bring runs side by side back": () =>
      vscode.window.registerWebviewPanelSerializer(Panel.sideBySide, {
        deserializeWebviewPanel: async (panel, state) =>
          (await sideBySidePanels()).deserializeWebviewPanel(panel, state),
      }),
    "open charts": () => registerOpenCharts(deps, chartsPanels),
    "open runs' pages": () => registerOpenRunPage(deps, pagesOfRuns),
    "bring runs' pages back": () =>
      vscode.window.registerWebviewPanelSerializer(Panel.runPage, {
        deserializeWebviewPanel: async (panel, state) => (await pagesOfRuns()).deserializeWebviewPanel(panel, state),
      }),
    "bring charts back": () =>
      vscode.window.registerWebviewPanelSerializer(Panel.charts, {
        deserializeWebviewPanel: async (panel, state) => (await chartsPanels()).deserializeWebviewPanel(panel, state),
      }),
    "compare runs": () => registerCompareRuns(deps),
    "show the history of files": () => registerHistory(deps),
    "get back and repeat runs": () => registerVersionCommands(deps),
    "change runs": () => registerEditRuns(deps),
    "arrange the tree": () => registerViewCommands(deps),
    "help to get started": () => registerGetStarted(deps),
    "show running runs": () => registerStatusBar(projects, log),
    "offer kernels for notebooks": () => registerKernels(deps),
    "record notebooks": () => registerNotebooks(deps),
    "help with the project file": () => registerProjectFile(context.extensionUri, log),
    "offer tasks": () => registerTaskProvider({ distFolder, launcher, entryPoints, log }),
    "launch jobs": () => registerJobs({ ...deps, jobs, last, secrets, entryPoints }),
    "work with models": () => registerModels({ ...deps, models }),
    "work with deployments": () => registerDeployments({ ...deps, deployments, tryItPanels }),
    "bring try-it pages back": () =>
      vscode.window.registerWebviewPanelSerializer(Panel.tryIt, {
        deserializeWebviewPanel: async (panel, state) => (await tryItPanels()).deserializeWebviewPanel(panel, state),
      }),
    "offer tools to language models": () => registerAgents({ context, distFolder, projects, chores, launcher, log }),
    "open the Runs table": () => registerOpenRunsTable(deps, runsTables),
    "bring tables back": () =>
      vscode.window.registerWebviewPanelSerializer(Panel.runsTable, {
        deserializeWebviewPanel: async (panel, state) => (await runsTables()).deserializeWebviewPanel(panel, state),
      }),
    "bring forms back": () =>
      vscode.window.registerWebviewPanelSerializer(Panel.runForm, {
        deserializeWebviewPanel: async (panel, state) => (await deps.forms()).deserializeWebviewPanel(panel, state),
      }),
  };
  for (const [what, register] of Object.entries(features)) {
    try {
      context.subscriptions.push(register());
    } catch (error) {
      log.error(what, error);
    }
  }

  let lens: Promise<Lens> | undefined;
  async function loadLens(): Promise<Lens> {
    const { registerLens } = await import("./lens/registerLens");
    const loaded = registerLens({ projects, last, log });
    context.subscriptions.push(loaded);
    return loaded;
  }
  const showResults = () => {
    lens ??= loadLens();
    lens.catch((error) => log.error("show results beside the code", error));
    return lens;
  };

  async function offerImports(): Promise<void> {
    try {
      const { registerImportOffer } = await import("./importOffer");
      const memory = context.workspaceState;
      context.subscriptions.push(registerImportOffer({ distFolder, projects, memory, log }));
    } catch (error) {
      log.error("offer to import runs", error);
    }
  }

  // After activation: opening the stores finishes lost runs and counts what is running.
  setImmediate(() => void projects.ready().then(() => Promise.allSettled([showResults(), offerImports()])));
  const api = createApi();
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { ...api, projects, tree, data, lineage, jobs, models, deployments, chores, launcher, lens: showResults }
    : api;
}
