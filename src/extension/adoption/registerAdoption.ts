/** Runs that are started elsewhere than by us: in terminals, by tasks, by the debugger. What it takes is loaded when it is needed. */
import * as vscode from "vscode";
import { storeFolder } from "../../store/locate";
import type { CommandDeps } from "../commands/deps";
import { setting } from "../configuration";
import { Command } from "../contributions";
import type { PythonDebugConfiguration } from "../debug/configurations";
import { RECORD } from "../debug/debugScript";
import { registerLaunchSnippets } from "../debug/launchSnippet";
import { requireTrust } from "../run/launcher";
import { scriptFrom } from "../run/scripts";
import { recordsAnyTerminal } from "../terminals/isRecorded";
import type { Adoption } from "./adoption";
import { listWaiting } from "./waiting";

/** The types of debug sessions that debugpy is behind. */
const TYPES = ["debugpy", "python"];

export function registerAdoption(deps: CommandDeps): vscode.Disposable {
  const { context, projects, register, log } = deps;
  let loading: Promise<Adoption> | undefined;
  let loaded: Adoption | undefined;

  async function load(): Promise<Adoption> {
    const { createAdoption } = await import("./adoption");
    loaded = createAdoption(deps);
    context.subscriptions.push(loaded);
    return loaded;
  }
  const adoption = () => (loading ??= load());

  /** Loaded at the start only where something is to be recorded, or was when the window was closed. */
  async function begin(): Promise<void> {
    if (recordsAnyTerminal()) await adoption();
    else if (!loaded) forgetTerminals(context);
    if (!vscode.workspace.isTrusted) return;
    await projects.ready();
    for (const project of projects.all) {
      const waiting = await listWaiting(storeFolder(project.root).folder);
      if (waiting.length > 0) await (await adoption()).adopters.watch(project);
    }
  }
  const start = () => void begin().catch((error) => log.error("look for runs that were started elsewhere", error));

  const provider: vscode.DebugConfigurationProvider = {
    async resolveDebugConfigurationWithSubstitutedVariables(folder, configuration: PythonDebugConfiguration) {
      const { [RECORD]: asked, ...rest } = configuration;
      const wished = asked === true || setting("modeltrail.debug.record", folder);
      if (!wished || rest.request !== "launch" || !vscode.workspace.isTrusted) return rest as PythonDebugConfiguration;
      try {
        return await (await adoption()).withRecording(rest as PythonDebugConfiguration, folder);
      } catch (error) {
        // Debugging does not depend on us.
        log.error("record the debug session", error);
        return rest as PythonDebugConfiguration;
      }
    },
  };
  const trackers: vscode.DebugAdapterTrackerFactory = {
    createDebugAdapterTracker: (session) => loaded?.sessions.tracker(session),
  };

  setImmediate(start);
  return vscode.Disposable.from(
    registerLaunchSnippets(),
    ...TYPES.map((type) => vscode.debug.registerDebugConfigurationProvider(type, provider)),
    ...TYPES.map((type) => vscode.debug.registerDebugAdapterTrackerFactory(type, trackers)),
    vscode.workspace.onDidGrantWorkspaceTrust(start),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("modeltrail.terminals.record")) start();
    }),
    register(Command.debug, "debug the script", async (given) => {
      requireTrust();
      const script = await scriptFrom(given);
      const { debugScript } = await import("../debug/debugScript");
      await debugScript(script, log);
    }),
    register(Command.recordTerminals, "record what runs in terminals", recordTerminals),
  );
}

/** VS Code remembers what terminals were given: the setting may have been switched off while the window was closed. */
function forgetTerminals({ environmentVariableCollection: all }: vscode.ExtensionContext): void {
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) all.getScoped({ workspaceFolder }).clear();
  all.persistent = false;
}

/** Switches the setting on for this workspace. */
async function recordTerminals(): Promise<void> {
  requireTrust();
  const configuration = vscode.workspace.getConfiguration("modeltrail");
  await configuration.update("terminals.record", true, vscode.ConfigurationTarget.Workspace);
  const message = vscode.l10n.t("Python scripts of this project are recorded in terminals that you open from now on.");
  const open = vscode.l10n.t("New Terminal");
  if ((await vscode.window.showInformationMessage(message, open)) === open) vscode.window.createTerminal().show();
}
