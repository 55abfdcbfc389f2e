/** `modeltrail report` */
import { UserError } from "../../domain/errors";
import { toJson } from "../../domain/json";
import { reportComment } from "../../report/asMarkdown";
import { bestRuns } from "../../report/chooseRuns";
import { gatherReport } from "../../report/gatherReport";
import { formatOf, REPORT_FORMATS, type ReportFormat, writeReport } from "../../report/writeReport";
import type { Store } from "../../store/contract";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { print } from "../print";

export interface ReportCommandOptions {
  experiment?: string;
  best: string;
  metric?: string[];
  baseline?: string;
  title?: string;
  note?: string;
  format?: string;
  output?: string;
  force?: boolean;
  json?: boolean;
}

export async function reportCommand(references: string[], options: ReportCommandOptions): Promise<void> {
  const format = chosenFormat(options);
  await withStore((store) =>
    interruptible(async (signal) => {
      const { baseline, metric: metrics, title, note } = options;
      const report = await gatherReport(store, {
        runs: chosenRuns(store, references, options),
        baseline: baseline === undefined ? undefined : store.resolveRun(baseline),
        metrics,
        title,
        note,
        signal,
      });
      if (options.output === undefined) return process.stdout.write(reportComment(report));
      const files = writeReport(report, options.output, format, options.force === true);
      print(options.json ? toJson({ files, runs: report.runs.map(({ id }) => id) }, 2) : `Wrote ${files[0]}`);
    }),
  );
}

/** Throws UserError. */
function chosenFormat({ format, output }: ReportCommandOptions): ReportFormat {
  const known = REPORT_FORMATS.find((one) => one === (format ?? (output === undefined ? "comment" : formatOf(output))));
  if (!known) throw new UserError(`Say with --format what to write: ${REPORT_FORMATS.join(", ")}.`);
  if (output !== undefined || known === "comment") return known;
  throw new UserError(
    `Say with --output where to write the report, for example -o report.${known === "html" ? "html" : "md"}`,
  );
}

function chosenRuns(store: Store, references: readonly string[], options: ReportCommandOptions): string[] {
  const { experiment, best, metric = [] } = options;
  const named = references.map((reference) => store.resolveRun(reference));
  if (experiment === undefined) {
    if (named.length > 0) return named;
    throw new UserError("Name runs, or an experiment with --experiment.");
  }
  const most = Number(best);
  if (!Number.isInteger(most) || most < 1 || most > 200) {
    throw new UserError(`"${best}" is not a number of runs. Give --best a whole number from 1 to 200.`);
  }
  return [...named, ...bestRuns(store, experiment, metric[0], most).map(({ id }) => id)];
}
