/** Send Runs to MLflow…: export-to, from the tree. */
import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod/mini";
import { escapeMarkdown } from "../markdown";
import { withCancel } from "../progress";
import { runCommand } from "../trackers/commandLine";
import { serverAddress } from "../trackers/serverAddress";
import type { CommandDeps } from "./deps";
import { byRoot, pickRuns } from "./pickRuns";

const Report = z.object({
  address: z.string(),
  runs: z.array(z.object({ name: z.string(), outcome: z.string(), left: z.array(z.string()) })),
});

export async function exportTo(deps: CommandDeps, given: readonly unknown[]): Promise<void> {
  const runs = await pickRuns(given, deps.projects, {
    title: vscode.l10n.t("Send Runs to MLflow"),
    except: ({ run }) => run.status === "running",
  });
  const server = await serverAddress(deps.context.workspaceState, vscode.l10n.t("Send Runs to the MLflow Server"));
  if (!server) return;
  const distFolder = path.join(deps.context.extensionPath, "dist");
  for (const { root, ids } of byRoot(runs)) {
    const output = await withCancel(vscode.l10n.t("Sending runs to MLflow…"), (signal, report) => {
      const words = ["export-to", "--json", "--progress", "--", server.url, ...ids];
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        report({ done, total, what: vscode.l10n.t("{0} of {1}", done, total) });
      return runCommand(distFolder, words, { cwd: root, signal, onProgress, env: server.env });
    });
    await tell(deps, root, Report.parse(JSON.parse(output)));
  }
}

/** In one sentence; what could not be sent as it is here, in a document. */
async function tell({ reports }: CommandDeps, root: string, { address, runs }: z.infer<typeof Report>): Promise<void> {
  const sent = runs.filter(({ outcome }) => outcome !== "present").length;
  const text =
    sent === 0
      ? vscode.l10n.t("All of it is at {0} already.", address)
      : sent === 1
        ? vscode.l10n.t("1 run sent to {0}.", address)
        : vscode.l10n.t("{0} runs sent to {1}.", sent, address);
  const left = runs.filter((run) => run.left.length > 0);
  if (left.length === 0) return void vscode.window.showInformationMessage(text);
  const details = vscode.l10n.t("Show What Differs There");
  if ((await vscode.window.showWarningMessage(text, details)) !== details) return;
  const parts = left.map(
    (run) => `## ${escapeMarkdown(run.name)}\n\n${run.left.map((line) => `- ${escapeMarkdown(line)}`).join("\n")}\n`,
  );
  const markdown = `# ${escapeMarkdown(text)}\n\nWhat MLflow could not have as it is here:\n\n${parts.join("\n")}`;
  await (await reports()).openEvent(root, vscode.l10n.t("Sent to MLflow"), markdown);
}
