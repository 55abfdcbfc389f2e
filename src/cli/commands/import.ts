/** `modeltrail import` */
import { toJson } from "../../domain/json";
import { describeArchive, type ImportReport, importRuns } from "../../share/importRuns";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { interruptible } from "../interrupt";
import { oneLine, print } from "../print";
import { showProgress } from "../progress";

export async function importCommand(file: string, options: { json?: boolean }): Promise<void> {
  // A store is made only for what can be imported.
  await describeArchive(file);
  const { root } = locateRoot(process.cwd());
  const store = openStore(root);
  try {
    const progress = showProgress("Importing");
    const onProgress = progress.update;
    const report = await interruptible((signal) => importRuns(store, file, { signal, onProgress })).finally(
      progress.clear,
    );
    if (options.json) print(toJson(report, 2));
    else describe(report, root);
    // Not all of what was asked for is here now.
    if (report.runs.some(({ outcome }) => outcome === "differs" || outcome === "deleted")) process.exitCode = 1;
  } finally {
    store.close();
  }
}

function describe({ runs }: ImportReport, root: string): void {
  const count = (outcome: string) => runs.filter((run) => run.outcome === outcome).length;
  const [imported, present] = [count("imported"), count("present")];
  for (const { id, name, outcome, differs } of runs) {
    const label = `${id.slice(0, 8)} ${oneLine(name)}`;
    if (outcome === "imported") print(`  ${label}`);
    if (outcome === "deleted") {
      print(`  ${label} is here, but deleted. Get it back: modeltrail restore-run ${id.slice(0, 8)}`);
    }
    if (outcome === "differs") {
      print(`  ${label} is here already with another ${differs.join(", ")}, and was left as it is.`);
    }
  }
  const here = present > 0 ? ` ${present} ${present === 1 ? "was" : "were"} here already.` : "";
  print(`Imported ${imported} of ${runs.length} run${runs.length === 1 ? "" : "s"} into ${root}.${here}`);
}
