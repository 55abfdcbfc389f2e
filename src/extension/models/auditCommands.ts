/** Who did what to models and deployments, and whose models may run code here. */
import * as vscode from "vscode";
import { modelSubject } from "../../domain/audit";
import { UserError } from "../../domain/errors";
import { formatAgo } from "../../domain/format";
import { oneLine } from "../../domain/oneLine";
import type { CommandDeps } from "../commands/deps";
import { deploymentFromMenu } from "../deployments/pickDeployment";
import { runInTerminal } from "../run/commandTask";
import { requireTrust } from "../run/launcher";
import { auditReport, MOST_AUDITED } from "./auditReport";
import { isModelNode } from "./nodes";
import { chosen, pickModel, versionFromMenu } from "./pickVersion";

type Deps = Pick<CommandDeps, "context" | "projects" | "reports">;

/** Of a model, version or deployment that it is called on, else of all. */
export async function showAudit({ projects, reports }: Deps, given: unknown): Promise<void> {
  await projects.ready();
  const about = auditedAt(given);
  const subject = about?.subject ?? null;
  const root = about?.root ?? (await withModels(projects)).root;
  const [entries, verdict] = await Promise.all([
    projects.call("auditEntries", { root, subject, limit: MOST_AUDITED + 1 }),
    projects.call("verifyAudit", { root }),
  ]);
  await (await reports()).openEvent(root, vscode.l10n.t("Audit Log"), auditReport(entries, verdict, subject));
}

/** As the audit log names it. */
function auditedAt(given: unknown): { root: string; subject: string } | undefined {
  if (isModelNode(given)) return { root: given.root, subject: modelSubject(given.model.name) };
  const version = versionFromMenu(given);
  if (version) return { root: version.root, subject: modelSubject(version.model, version.version) };
  const deployment = deploymentFromMenu(given);
  return deployment && { root: deployment.root, subject: `deployments/${deployment.name}` };
}

/** All of it, one JSON object a line: what others can verify. */
export async function exportAudit(deps: Deps): Promise<void> {
  requireTrust();
  await deps.projects.ready();
  const { root } = await withModels(deps.projects);
  const defaultUri = vscode.Uri.joinPath(vscode.Uri.file(root), "audit.jsonl");
  const file = chosen(
    await vscode.window.showSaveDialog({ title: vscode.l10n.t("Export Audit Log"), defaultUri, filters: JSON_LINES }),
  );
  const words = ["audit", "export", "--", file.fsPath];
  const code = await runInTerminal(deps, { title: vscode.l10n.t("Export Audit Log"), words, cwd: root });
  if (code) throw new UserError(vscode.l10n.t("The audit log was not exported. The terminal says why."));
}

const JSON_LINES = { "JSON Lines": ["jsonl"] };

export async function verifyAudit({ projects }: Deps): Promise<void> {
  await projects.ready();
  const { root } = await withModels(projects);
  const verdict = await projects.call("verifyAudit", { root });
  if (verdict.intact) {
    const text = vscode.l10n.t("The audit log is intact: {0} entries, each holding the one before.", verdict.entries);
    void vscode.window.showInformationMessage(text);
  } else {
    const text = vscode.l10n.t("The audit log is not intact, from entry {0}: {1}", verdict.sequence, verdict.problem);
    void vscode.window.showErrorMessage(text);
  }
}

/** Asks which project only where there are several. */
async function withModels(projects: Deps["projects"]): Promise<{ root: string }> {
  const [first] = projects.all;
  if (projects.all.length === 1 && first) return first;
  return pickModel(undefined, projects, vscode.l10n.t("Audit Log of the Project of Which Model?"));
}

/** Models of the sources that are picked are asked for again before they run code. */
export async function forgetTrust({ projects }: Deps): Promise<void> {
  requireTrust();
  await projects.ready();
  const { root } = await withModels(projects);
  const sources = await projects.call("trustedSources", { root });
  if (sources.length === 0) throw new UserError(vscode.l10n.t("No models are trusted to run code here."));
  const items = sources.map(({ source, time, words }) => ({
    source,
    label: oneLine(words),
    description: vscode.l10n.t("trusted {0}", formatAgo(time, Date.now())),
  }));
  const title = vscode.l10n.t("Models of Which Sources Are to Be Asked for Again Before They Run Code?");
  const picked = chosen(await vscode.window.showQuickPick(items, { title, canPickMany: true }));
  for (const { source } of picked) await projects.call("forgetTrust", { root, source });
}
