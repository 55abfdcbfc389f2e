/** Finds the runs of other trackers and brings them into a project, with a notification that can stop it. */
import * as vscode from "vscode";
import * as z from "zod/mini";
import { withCancel } from "../progress";
import type { ChoreProgress } from "../worker/chores/api";
import { runCommand } from "./commandLine";

const Places = z.array(z.object({ kind: z.string(), title: z.string(), location: z.string(), imported: z.boolean() }));
/** A tracker's runs at a place. `imported`: some of them are here. */
export type Place = z.infer<typeof Places>[number];

const Report = z.object({
  places: z.array(
    z.object({ runs: z.array(z.object({ outcome: z.string(), name: z.string(), problem: z.optional(z.string()) })) }),
  ),
});

export interface Source {
  /** A folder, file or address, as `modeltrail import-from` takes it. */
  source: string;
  /** What it is, where that is known. */
  kind?: string;
  /** A Python, for trackers whose own package must read them. */
  python?: string;
  /** A login, in the variables that MLflow's clients know. */
  env?: Record<string, string>;
}

/** What there is at a source, without looking at its runs. Rejects with UserError when it has nothing. */
export async function findPlaces(distFolder: string, root: string, source: string): Promise<Place[]> {
  return Places.parse(
    JSON.parse(await runCommand(distFolder, ["import-from", source, "--find", "--json"], { cwd: root })),
  );
}

/** Rejects with CancellationError when the user stops it: what has been imported by then stays. */
export async function importRunsOf(distFolder: string, root: string, from: Source): Promise<void> {
  const { source, kind, python, env } = from;
  const option = (flag: string, value: string | undefined) => (value ? [`--${flag}=${value}`] : []);
  const words = [
    "import-from",
    ...option("kind", kind),
    ...option("python", python),
    "--json",
    "--progress",
    "--",
    source,
  ];
  const work = (signal: AbortSignal, report: (progress: ChoreProgress) => void) => {
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      report({ done, total, what: vscode.l10n.t("{0} of {1}", done, total) });
    return runCommand(distFolder, words, { cwd: root, signal, onProgress, ...(env ? { env } : {}) });
  };
  // At once: how long it takes cannot be told.
  const output = await withCancel(vscode.l10n.t("Importing runs…"), work, 0);
  tell(Report.parse(JSON.parse(output)).places.flatMap((place) => place.runs));
}

function tell(runs: z.infer<typeof Report>["places"][number]["runs"]): void {
  const count = (...outcomes: string[]) => runs.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const imported = count("imported");
  const others = [
    [count("updated"), vscode.l10n.t("brought up to date")],
    [count("present", "recorded"), vscode.l10n.t("here already")],
    [count("deleted"), vscode.l10n.t("deleted here, left so")],
  ] as const;
  const first = imported === 1 ? vscode.l10n.t("1 run imported") : vscode.l10n.t("{0} runs imported", imported);
  const more = others.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  const text = `${[first, ...more].join(", ")}.`;
  const failed = runs.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) void vscode.window.showInformationMessage(text);
  else {
    const names = failed.map(({ name, problem }) => (problem ? `${name} (${problem})` : name)).join(", ");
    void vscode.window.showWarningMessage(`${text} ${vscode.l10n.t("These could not be read: {0}.", names)}`);
  }
}
