/** Lets the Python that a debugger starts announce its runs. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type * as vscode from "vscode";
import type { Adopters } from "../adoption/adopters";
import { adoptEnvironment, pythonPathIn, withTracer } from "../adoption/environment";
import type { Projects } from "../stores/projects";

/** What we read and write of a configuration of debugpy. */
export interface PythonDebugConfiguration extends vscode.DebugConfiguration {
  env?: Record<string, string | null>;
  envFile?: string;
  program?: string;
  cwd?: string;
  console?: string;
  redirectOutput?: boolean;
}

/** Who starts a run says so in this variable; a debugger with a mark of its session. */
export const SOURCE = "MODELTRAIL_ADOPT_SOURCE";
const DEBUG = "debug:";

/** The mark of a session whose run is recorded. */
export function markOf(configuration: vscode.DebugConfiguration): string | undefined {
  const { env } = configuration as PythonDebugConfiguration;
  const source = env?.[SOURCE];
  return source?.startsWith(DEBUG) ? source : undefined;
}

export interface ResolveDeps {
  extensionPath: string;
  projects: Projects;
  adopters: Adopters;
}

/** The configuration with what the tracer needs. What the user has set for the run stays as it is. */
export async function withRecording(
  configuration: PythonDebugConfiguration,
  folder: vscode.WorkspaceFolder | undefined,
  { extensionPath, projects, adopters }: ResolveDeps,
): Promise<PythonDebugConfiguration> {
  const place =
    folder?.uri.fsPath ?? configuration.cwd ?? (configuration.program && path.dirname(configuration.program));
  if (!place) return configuration;
  const project = await projects.ensure(place);
  const { tracer, variables } = adoptEnvironment(extensionPath, project.root, await adopters.watch(project));
  const pythonPath =
    configuration.env?.PYTHONPATH ?? (await fromEnvFile(configuration.envFile, folder)) ?? process.env.PYTHONPATH;
  const mark = `${DEBUG}${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  const env = { ...configuration.env, ...variables, PYTHONPATH: withTracer(tracer, pythonPath), [SOURCE]: mark };
  return { ...configuration, env };
}

/** debugpy reads `.env` of the folder by default; what `env` says counts more, so we must not say less than that. */
async function fromEnvFile(
  file: string | undefined,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<string | undefined> {
  const chosen = file || (folder && path.join(folder.uri.fsPath, ".env"));
  if (!chosen) return undefined;
  return pythonPathIn(await readFile(chosen, "utf8").catch(() => ""));
}
