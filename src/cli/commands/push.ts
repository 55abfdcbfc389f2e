/** `modeltrail push` and `modeltrail fetch`: the code of runs by git. */
import { toJson } from "../../domain/json";
import { type FetchStore, fetchCode } from "../../share/fetchCode";
import { pushCode } from "../../share/pushCode";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, print } from "../print";

export interface RemoteCommandOptions {
  json?: boolean;
}

export async function pushCommand(
  remote: string | undefined,
  references: string[],
  options: RemoteCommandOptions,
): Promise<void> {
  await withStore(async (store) => {
    const ids = references.length > 0 ? references.map((reference) => store.resolveRun(reference)) : allRuns(store);
    const report = await interruptible((signal) => pushCode(store, ids, { remote, signal, ...terminal() }));
    // Asked for by name and not done: that is a failure. Runs without code among all are none.
    if (references.length > 0 && report.skipped.length > 0) process.exitCode = 1;
    if (options.json) return print(toJson(report, 2));
    const { pushed, present, skipped, submodules } = report;
    print(`Pushed ${snapshots(pushed.length)} to ${report.remote}; ${present.length} were there already.`);
    for (const reason of new Set(skipped.map((run) => run.reason))) {
      const runs = skipped.filter((run) => run.reason === reason);
      const who = runs.length > 3 ? `${runs.length} runs` : runs.map(({ name }) => oneLine(name)).join(", ");
      print(`  not pushed: ${who}: ${reason}`);
    }
    if (submodules.length > 0) {
      print(
        `  Submodules have their code in repositories of their own, which were not pushed: ${oneLine(submodules.join(", "))}`,
      );
    }
  });
}

export async function fetchCommand(
  remote: string | undefined,
  references: string[],
  options: RemoteCommandOptions,
): Promise<void> {
  const fetch = (store: FetchStore, ids: string[] | null) =>
    interruptible((signal) => fetchCode(store, ids, { remote, signal, ...terminal() }));
  // In a fresh clone there is code to fetch before there is any run.
  const report =
    references.length === 0
      ? await fetch({ root: locateRoot(process.cwd()).root, getRunHead: () => null }, null)
      : await withStore((store) =>
          fetch(
            store,
            references.map((reference) => store.resolveRun(reference)),
          ),
        );
  if (report.missing.length > 0) process.exitCode = 1;
  if (options.json) return print(toJson(report, 2));
  print(
    `Fetched ${snapshots(report.fetched.length)} from ${report.remote}; ${report.present.length} were here already.`,
  );
  for (const { name } of report.missing) print(`  ${oneLine(name)}: ${report.remote} does not have its code.`);
}

/** Git may ask for a password where somebody sits at a terminal. */
function terminal() {
  const interactive = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  return { interactive, onMessage: interactive ? (text: string) => process.stderr.write(text) : undefined };
}

function allRuns(store: Store): string[] {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = store.listRuns({ cursor: cursor ?? undefined, limit: 1_000 });
    ids.push(...page.runs.filter(({ status }) => status !== "running").map(({ id }) => id));
    cursor = page.next;
  }
  return ids;
}

const snapshots = (count: number) => `the code of ${count} snapshot${count === 1 ? "" : "s"}`;
