/** The document of an address: what it tells is asked of the stores, long work as a job. */
import * as vscode from "vscode";
import type { ReportAddress } from "../documents/uris";
import type { Jobs } from "../stores/jobs";
import type { Projects } from "../stores/projects";
import { runsReport } from "./runsReport";

type Address = Exclude<ReportAddress, { kind: "event" }>;

/** Markdown. `whole`: also what is the same. */
export async function reportFor(address: Address, whole: boolean, _projects: Projects, jobs: Jobs): Promise<string> {
  switch (address.kind) {
    case "runs": {
      const { root, ids, workspace } = address;
      const title = vscode.l10n.t("Comparing runs…");
      const comparison = await jobs.run(title, "compareRuns", { root, ids, workspace, all: whole });
      return runsReport(comparison, whole);
    }
    default:
      return "";
  }
}
