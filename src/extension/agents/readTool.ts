/** Answers of the tools that read, from a thread of their own: comparing runs may take a while. */
import * as vscode from "vscode";
import type { AgentDeps } from "./registerAgents";
import { takeProject } from "./takeProject";

export async function invokeReadTool(
  { projects, chores }: AgentDeps,
  name: string,
  given: object,
  token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
  const { root, input } = await takeProject(projects, given);
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  try {
    const argument = { root, tool: name.replace(/^modeltrail_/, ""), input };
    return textResult(await chores.quietly("askTool", argument, controller.signal));
  } finally {
    subscription.dispose();
  }
}

export const textResult = (text: string) =>
  new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
