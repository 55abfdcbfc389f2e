/** What language models get in VS Code: tools of our own, and the MCP server for those that take such. */
import path from "node:path";
import * as vscode from "vscode";
import { LanguageModelTool, McpProvider } from "../contributions";
import type { Log } from "../log";
import type { Launcher } from "../run/launcher";
import { recorderEnvironment } from "../run/recorderTask";
import type { Chores } from "../stores/chores";
import type { Projects } from "../stores/projects";
import type { StartInput } from "./startTool";

export interface AgentDeps {
  context: vscode.ExtensionContext;
  distFolder: string;
  projects: Projects;
  chores: Chores;
  launcher: Launcher;
  log: Log;
}

export function registerAgents(deps: AgentDeps): vscode.Disposable {
  const { start, ...reading } = LanguageModelTool;
  const tools = Object.values(reading).map((name) => vscode.lm.registerTool(name, readTool(deps, name)));
  return vscode.Disposable.from(
    ...tools,
    vscode.lm.registerTool<StartInput>(start, {
      prepareInvocation: async (options) => (await import("./startTool")).prepareStart(deps, options.input),
      invoke: async (options, token) => (await import("./startTool")).invokeStart(deps, options.input, token),
    }),
    registerServer(deps),
  );
}

function readTool(deps: AgentDeps, name: string): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }, token) => (await import("./readTool")).invokeReadTool(deps, name, input, token),
  };
}

/** One server for each project. VS Code starts it when the user wants it. */
function registerServer({ context, distFolder, projects }: AgentDeps): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.McpServerDefinitionProvider = {
    onDidChangeMcpServerDefinitions: changed.event,
    async provideMcpServerDefinitions() {
      await projects.ready();
      const args = (root: string) => [path.join(distFolder, "cli.js"), "mcp", "--project", root];
      const { version } = context.extension.packageJSON as { version: string };
      const label = (name: string) => (projects.all.length > 1 ? `Modeltrail: ${name}` : "Modeltrail");
      return projects.all.map(
        ({ root, name }) =>
          new vscode.McpStdioServerDefinition(
            label(name),
            process.execPath,
            args(root),
            recorderEnvironment(),
            version,
          ),
      );
    },
    resolveMcpServerDefinition(server) {
      if (vscode.workspace.isTrusted) return server;
      throw new Error(vscode.l10n.t("This workspace is in Restricted Mode: nothing is started."));
    },
  };
  return vscode.Disposable.from(
    changed,
    projects.onDidChangeProjects(() => changed.fire()),
    vscode.lm.registerMcpServerDefinitionProvider(McpProvider.runs, provider),
  );
}
