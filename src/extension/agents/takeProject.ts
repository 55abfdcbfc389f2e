import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import type { Projects } from "../stores/projects";

/** Which of the window's projects a tool is asked about, by name or root; the rest is for the tool itself. Throws UserError. */
export async function takeProject<Input extends object>(
  projects: Projects,
  given: Input & { project?: string },
): Promise<{ root: string; input: Omit<Input, "project"> }> {
  await projects.ready();
  const { project: asked, ...input } = given;
  const fitting = projects.all.filter(({ name, root }) => asked === undefined || name === asked || root === asked);
  const [project] = fitting;
  if (fitting.length === 1 && project) return { root: project.root, input };
  const names = projects.all.map(({ name }) => name).join(", ");
  if (names === "") throw new UserError(vscode.l10n.t("No folder is open whose runs could be looked at."));
  throw new UserError(vscode.l10n.t("Say which project is meant with `project`: {0}.", names));
}
