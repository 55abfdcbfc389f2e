/** What VS Code runs in its extension host: all of this suite, with mocha. Each test file is a bundle of its own beside this one. */
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "node:util";
import Mocha from "mocha";

interface Failure {
  test: string;
  why: string;
}

/** What the runner outside reads (scripts/lib/results.mjs); its path comes in MODELTRAIL_HOST_RESULTS. */
export interface HostResults {
  passed: number;
  failed: number;
  skipped: number;
  failures: Failure[];
  /** Passed, but not at the first try. */
  retried: Failure[];
}

/** VS Code calls this; a rejection is what it takes for failure. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: "bdd",
    color: false,
    timeout: 60_000,
    retries: 1,
    grep: process.env.MODELTRAIL_HOST_GREP,
  });
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".test.js"));
  for (const file of files.sort()) mocha.addFile(path.join(__dirname, file));

  reportToFile();
  const failures: Failure[] = [];
  const again: Failure[] = [];
  const told = (test: Mocha.Runnable, error: Error) => ({ test: test.fullTitle(), why: error.stack ?? `${error}` });
  const { stats } = await new Promise<Mocha.Runner>((resolve) => {
    const runner = mocha.run(() => resolve(runner));
    runner.on("fail", (test, error) => failures.push(told(test, error)));
    runner.on("retry", (test, error) => again.push(told(test, error)));
  });
  const results: HostResults = {
    passed: stats?.passes ?? 0,
    failed: stats?.failures ?? 0,
    skipped: stats?.pending ?? 0,
    failures,
    retried: again.filter(({ test }) => !failures.some((failure) => failure.test === test)),
  };
  const file = process.env.MODELTRAIL_HOST_RESULTS;
  if (file) writeFileSync(file, JSON.stringify(results));
  if (results.passed + results.failed === 0) throw new Error("No test ran in the extension host.");
  if (results.failed > 0) throw new Error(`${results.failed} tests failed in the extension host.`);
}

/** The host's console also has everything that VS Code says: where a file is given, mocha's report goes there instead. */
function reportToFile(): void {
  const file = process.env.MODELTRAIL_HOST_REPORT;
  const base = Mocha.reporters.Base as unknown as { consoleLog: (...parts: unknown[]) => void };
  if (file) base.consoleLog = (...parts) => appendFileSync(file, `${format(...parts)}\n`);
}
