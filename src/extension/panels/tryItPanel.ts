/** The page on which a deployment is tried. */
import * as vscode from "vscode";
import { UserError } from "../../domain/errors";
import { TryItState, tryItHost, tryItPage } from "../../protocol/tryIt";
import { Command, Panel } from "../contributions";
import { deploymentState, routeDescription, stateInWords } from "../deployments/describeDeployment";
import type { Log } from "../log";
import { requireTrust } from "../run/launcher";
import type { Projects } from "../stores/projects";
import { createPagePanels, type PagePanels } from "./pagePanels";
import { showPage } from "./webviewPage";

export interface TryItDeps {
  dist: vscode.Uri;
  projects: Projects;
  log: Log;
}

export function createTryItPanels(deps: TryItDeps): PagePanels<TryItState> {
  return createPagePanels({
    type: Panel.tryIt,
    dist: deps.dist,
    state: TryItState,
    key: ({ root, name }) => `${root}\n${name}`,
    title: ({ name }) => vscode.l10n.t("Try {0}", name),
    fill: (panel, state) => fill(panel, state, deps),
  });
}

function fill(panel: vscode.WebviewPanel, { root, name }: TryItState, { dist, projects, log }: TryItDeps): void {
  const channel = showPage({
    panel,
    dist,
    name: "try-it",
    host: tryItHost,
    page: tryItPage,
    log,
    handlers: {
      async load() {
        requireTrust();
        await projects.ensure(root);
        const deployment = await projects.call("getDeployment", { root, name });
        if (!deployment) throw new UserError(vscode.l10n.t("This deployment is no longer there."));
        const { sample, sampleSource, columns } = await projects.call("tryInput", { root, name });
        const { model, target, served, routes } = deployment;
        const state = deploymentState(deployment);
        return {
          root,
          name,
          model,
          target,
          state: stateInWords(state),
          isLive: state === "live",
          endpoint: served?.endpoint ?? null,
          versions: routes.map((route) => {
            return vscode.l10n.t("version {0} · {1}", route.version, routeDescription(route, deployment));
          }),
          sample: sample && indented(sample),
          sampleSource,
          columns,
        };
      },
      async send({ body }, signal) {
        requireTrust();
        return await projects.call("tryDeployment", { root, name, body }, signal);
      },
      async copy({ as, body }) {
        await vscode.env.clipboard.writeText(await projects.call("requestText", { root, name, as, body }));
      },
      async act({ action }) {
        const command = action === "show" ? Command.showDeployment : Command.showDeploymentLog;
        await vscode.commands.executeCommand(command, { root, name });
      },
    },
  });
  const news = projects.onDidChangeRuns((change) => {
    if (change.root === root && change.deployments) channel.notify("changed", {});
  });
  panel.onDidDispose(() => news.dispose());
}

/** Lists of plain values, such as the rows of a table, on a line each. */
function indented(sample: Record<string, unknown>): string {
  return JSON.stringify(sample, null, 2).replace(
    /\[\n\s*([^[\]{}]*?)\n\s*\]/g,
    (_, inner: string) => `[${inner.replace(/\n\s*/g, " ")}]`,
  );
}
