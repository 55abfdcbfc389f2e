/** `modeltrail export` */
import { formatSize } from "../../domain/format";
import { toJson } from "../../domain/json";
import { exportRuns } from "../../share/exportRuns";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, print } from "../print";
import { showProgress } from "../progress";

export interface ExportCommandOptions {
  output: string;
  withoutData?: boolean;
  withoutLog?: boolean;
  force?: boolean;
  json?: boolean;
}

export async function exportCommand(references: string[], options: ExportCommandOptions): Promise<void> {
  await withStore(async (store) => {
    const ids = references.map((reference) => store.resolveRun(reference));
    const { withoutData, withoutLog, force: replace } = options;
    const progress = showProgress("Exporting");
    const onProgress = progress.update;
    const report = await interruptible((signal) =>
      exportRuns(store, ids, options.output, { withoutData, withoutLog, replace, signal, onProgress }),
    ).finally(progress.clear);
    if (options.json) return print(toJson(report, 2));
    const { runs, file, size, missing } = report;
    const what = runs.length === 1 ? oneLine(runs[0]!.name) : `${runs.length} runs`;
    print(`Exported ${what} to ${file} (${formatSize(size)}).`);
    for (const sentence of missing) print(`  left out: ${oneLine(sentence)}`);
  });
}
