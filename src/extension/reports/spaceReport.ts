/** What uses how much space, as a document. */
import { formatSize } from "../../domain/format";
import type { SpaceUsage } from "../../space/usage";
import { escapeMarkdown, markdownCell, markdownTable } from "../markdown";

const KINDS: Record<keyof SpaceUsage["kinds"], string> = {
  data: "Data and config files that runs read",
  artifacts: "Artifacts and files that runs wrote",
  logs: "Logs",
  database: "Params, metrics and all else in the database",
  code: "Code of projects outside of git",
  other: "What no run names, or only its code does",
  served: "Bundles of models, deployments, environments",
  temporary: "Temporary files",
};

const right = (title: string) => ({ title, align: "right" as const });
const share = (part: number, whole: number) => (whole === 0 ? "" : `${Math.round((100 * part) / whole)} %`);

/** Markdown. */
export function spaceReport({ folder, total, kinds, deleted, repositories, experiments }: SpaceUsage): string {
  const byKind = (Object.keys(KINDS) as (keyof typeof KINDS)[])
    .map((kind) => ({ name: KINDS[kind], size: kinds[kind] }))
    .filter(({ size }) => size > 0)
    .toSorted((a, b) => b.size - a.size);
  const byExperiment = experiments.toSorted((a, b) => b.own - a.own);
  return `${[
    `# ${formatSize(total)} used`,
    escapeMarkdown(folder),
    "Equal files are kept once, whichever and however many runs have them.",
    "## By kind",
    markdownTable(
      [{ title: "" }, right("Size"), right("Share")],
      byKind.map(({ name, size }) => [name, formatSize(size), share(size, total)]),
    ),
    deleted > 0
      ? `${formatSize(deleted)} of data and artifacts belong to deleted runs only: Free Space gives them back.`
      : "",
    ...repositories.flatMap(({ gitDir, size }) =>
      size === null ? [] : [`Besides, ${formatSize(size)} of code in the git repository ${escapeMarkdown(gitDir)}.`],
    ),
    byExperiment.length > 0 ? "## By experiment" : "",
    markdownTable(
      [
        { title: "Experiment" },
        right("Runs"),
        right("Logs"),
        right("Metrics"),
        right("Data"),
        right("Artifacts"),
        right("Freed with it"),
      ],
      byExperiment.map(({ experiment, runs, deleted, logs, metrics, data, artifacts, own }) => [
        markdownCell(experiment, 80),
        deleted === 0 ? runs.toLocaleString() : `${runs.toLocaleString()} (${deleted.toLocaleString()} deleted)`,
        formatSize(logs),
        formatSize(metrics),
        formatSize(data.own + data.shared),
        formatSize(artifacts.own + artifacts.shared),
        formatSize(own),
      ]),
    ),
    byExperiment.length > 0
      ? "“Freed with it” is what the disk would get back if all runs of the experiment were freed: files that other experiments have too are not counted."
      : "",
  ]
    .filter(Boolean)
    .join("\n\n")}\n`;
}
