// The least that stands between VS Code and debugpy: it starts the adapter that debugpy brings, with the Python to be debugged.
const path = require("node:path");
const vscode = require("vscode");

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory("debugpy", {
      createDebugAdapterDescriptor({ configuration, workspaceFolder }) {
        const own = path.join(workspaceFolder?.uri.fsPath ?? "", ".venv/bin/python");
        return new vscode.DebugAdapterExecutable(configuration.python ?? own, ["-m", "debugpy.adapter"]);
      },
    }),
    vscode.debug.registerDebugConfigurationProvider("debugpy", {
      resolveDebugConfigurationWithSubstitutedVariables(folder, configuration) {
        return { python: path.join(folder?.uri.fsPath ?? "", ".venv/bin/python"), ...configuration };
      },
    }),
  );
};
