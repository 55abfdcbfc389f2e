/** Which Python runs a script: ours by setting, else the one that VS Code's Python extensions select, else what lies near. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { setting } from "../configuration";
import { ActionableError, type Log } from "../log";

export interface Interpreter {
  /** Absolute path, or what the user wrote in a setting. */
  executable: string;
  /** Who chose it, for the log. */
  source: string;
}

/** Another extension may take long to start, or never answer: then the next source is asked. */
const ANSWER_WITHIN_MS = 15_000;
const WINDOWS = process.platform === "win32";

/** Throws an error that says what to do when no Python can be found. */
export async function findInterpreter(script: vscode.Uri, log: Log): Promise<Interpreter> {
  for (const [source, find] of sourcesFor(script)) {
    const executable = await ask(source, find, log);
    if (!executable) continue;
    log.channel.info(`Python is ${executable}, from ${source}.`);
    return { executable, source };
  }
  throw new ActionableError(
    vscode.l10n.t(
      "No Python was found. Select an interpreter, create a .venv in the workspace, or set modeltrail.python to the path of one.",
    ),
    {
      title: vscode.l10n.t("Open Setting"),
      run: () => vscode.commands.executeCommand("workbench.action.openSettings", "modeltrail.python"),
    },
  );
}

/** All that can be found, each once, the one that runs a script first. */
export async function findInterpreters(script: vscode.Uri, log: Log): Promise<string[]> {
  const found = await Promise.all(sourcesFor(script).map(([source, find]) => ask(source, find, log)));
  const known = await ask("the Python extension", () => knownToPythonExtension(), log);
  return [...new Set([...found, ...(known ?? [])].filter((one) => one !== undefined))];
}

type Source = [name: string, find: () => Promise<string | undefined>];

function sourcesFor(script: vscode.Uri): Source[] {
  return [
    ["the setting modeltrail.python", async () => fromSetting("modeltrail.python", script)],
    ["the Python Environments extension", () => fromEnvironmentsExtension(script)],
    ["the Python extension", () => fromPythonExtension(script)],
    ["the setting python.defaultInterpreterPath", async () => defaultInterpreter(script)],
    ["the workspace", () => fromWorkspace(script)],
    ["PATH", () => fromPath()],
  ];
}

async function ask<Found>(source: string, find: () => Promise<Found>, log: Log): Promise<Found | undefined> {
  try {
    return await within(ANSWER_WITHIN_MS, find());
  } catch (error) {
    log.error(`ask ${source} for the interpreter`, error);
    return undefined;
  }
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`There was no answer within ${ms / 1000} s.`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function fromSetting(key: "modeltrail.python", script: vscode.Uri): string | undefined {
  const value = setting(key, script).trim();
  return value === "" ? undefined : withVariables(value, script);
}

/** `python.defaultInterpreterPath` is "python" unless somebody set it. */
function defaultInterpreter(script: vscode.Uri): string | undefined {
  const found = vscode.workspace.getConfiguration("python", script).inspect<string>("defaultInterpreterPath");
  const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
  return value ? withVariables(value, script) : undefined;
}

function withVariables(value: string, script: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath ?? path.dirname(script.fsPath);
  const home = process.env.HOME ?? process.env.USERPROFILE ?? "";
  return value
    .replaceAll(/\$\{workspace(Folder|Root)\}/g, () => folder)
    .replaceAll(/\$\{userHome\}/g, () => home)
    .replaceAll(/\$\{env:(\w+)\}/g, (_, name: string) => process.env[name] ?? "")
    .replace(/^~(?=[/\\])/, () => home);
}

/** The part that we use of the API of ms-python.vscode-python-envs. */
interface EnvironmentsApi {
  getEnvironment(scope: vscode.Uri | undefined): Promise<
    | {
        environmentPath?: vscode.Uri;
        execInfo?: { run?: { executable?: string } };
      }
    | undefined
  >;
}

async function fromEnvironmentsExtension(script: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<EnvironmentsApi>("ms-python.vscode-python-envs");
  // While it is switched off, it may be installed all the same, and knows nothing.
  const isEffective = vscode.workspace
    .getConfiguration("python", script)
    .get<boolean>("useEnvironmentsExtension", true);
  if (!extension || !isEffective) return undefined;
  const environment = await (await extension.activate())?.getEnvironment?.(script);
  return environment?.execInfo?.run?.executable ?? environment?.environmentPath?.fsPath;
}

/** The part that we use of the API of ms-python.python. */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { id: string; path: string };
    known?: readonly { executable?: { uri?: vscode.Uri } }[];
    resolveEnvironment(environment: {
      id: string;
      path: string;
    }): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
  };
}

async function fromPythonExtension(script: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  const environments = extension && (await extension.activate())?.environments;
  if (!environments) return undefined;
  const active = environments.getActiveEnvironmentPath(script);
  const resolved = await environments.resolveEnvironment(active);
  return resolved?.executable?.uri?.fsPath;
}

async function knownToPythonExtension(): Promise<string[]> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  const environments = extension && (await extension.activate())?.environments;
  return (environments?.known ?? []).flatMap(({ executable }) => executable?.uri?.fsPath ?? []);
}

/** `.venv` or `venv`, from the script's folder up to its workspace folder. */
async function fromWorkspace(script: vscode.Uri): Promise<string | undefined> {
  const top = vscode.workspace.getWorkspaceFolder(script)?.uri.fsPath ?? path.dirname(script.fsPath);
  for (let folder = path.dirname(script.fsPath); ; folder = path.dirname(folder)) {
    for (const name of [".venv", "venv"]) {
      const python = WINDOWS
        ? path.join(folder, name, "Scripts", "python.exe")
        : path.join(folder, name, "bin", "python");
      if (await isProgram(python)) return python;
    }
    if (folder === top || folder === path.dirname(folder)) return undefined;
  }
}

async function fromPath(): Promise<string | undefined> {
  const names = WINDOWS ? ["python.exe", "python3.exe"] : ["python3", "python"];
  const folders = (process.env.PATH ?? process.env.Path ?? "").split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      // Windows' own "python.exe" there only opens the Store.
      if ((await isProgram(file)) && !/\\WindowsApps\\/i.test(file)) return file;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
