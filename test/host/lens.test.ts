import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { Lens } from "../../src/extension/lens/registerLens";
import { cleanUp, internals, print, type TestInternals, until, workspaceRoot, writeScript } from "./support";

const FUNCTIONS = 200;
const LINES_EACH = 25;
const RUNS = 10;
const POINTS_A_SECOND = 1_000;
/** `npm run bench -- editor` measures for longer than a test should take. */
const SECONDS = Number(process.env.MODELTRAIL_MEASURE_SECONDS ?? 3);
const SCRIPT = "long_script.py";
/** A step of a function in the middle. */
const TYPED_AT = new vscode.Position(LINES_EACH * (FUNCTIONS / 2) + 12, 0);

describe("results beside the code", () => {
  let own: TestInternals;
  let lens: Lens;
  let document: vscode.TextDocument;
  let logger: ChildProcess | undefined;

  before(async () => {
    own = await internals();
    lens = await own.lens();
    const uri = await writeScript(SCRIPT, source());
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
  });
  after(async () => {
    if (logger?.connected) await endLogger(logger);
    await cleanUp();
  });

  const typeAndMeasure = async (): Promise<Measured> => {
    const measured: Measured = { lateness: [], first: [], cached: [] };
    const watching = watchLateness(measured.lateness);
    const end = performance.now() + SECONDS * 1_000;
    for (let typed = 0; performance.now() < end; typed++) {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, TYPED_AT, typed % 10 === 9 ? "\n" : "# ");
      await vscode.workspace.applyEdit(edit);
      measured.first.push(time(() => lens.codeLenses(document)));
      measured.cached.push(time(() => lens.codeLenses(document)));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    watching.stop();
    return measured;
  };

  it("are not there for a file without runs", async () => {
    await own.projects.ready();
    assert.deepEqual(lens.codeLenses(document), []);
    assert.deepEqual(await lens.lineNotes(document), { last: [], best: [] });
  });

  it("come from what is at hand while somebody types in a long file and runs go on", async function () {
    this.timeout(120_000 + SECONDS * 3_000);
    const quiet = await typeAndMeasure();
    logger = await startLogger(SCRIPT, RUNS, POINTS_A_SECOND, FUNCTIONS);
    const lenses = await until("every function has its results", () => {
      const found = lens.codeLenses(document);
      return new Set(found.map(({ range }) => range.start.line)).size > FUNCTIONS && found;
    });
    const busy = await typeAndMeasure();

    const expected = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
    );
    assert.ok(expected.length >= lenses.length);
    const defined = Array.from({ length: document.lineCount }, (_, line) => line).filter((line) =>
      document.lineAt(line).text.startsWith("def train_"),
    );
    const shown = new Set(lens.codeLenses(document).map(({ range }) => range.start.line));
    assert.deepEqual([...shown].sort((a, b) => a - b).slice(1), defined, "they move with the lines");
    const notes = await lens.lineNotes(document);
    assert.equal(notes?.last.length, FUNCTIONS);

    print(
      `${document.lineCount} lines with ${lenses.length} CodeLenses, ${RUNS} runs with ${POINTS_A_SECOND} points/s each`,
    );
    print(`CodeLenses after a key: ${spread(busy.first)}; again for the same text: ${spread(busy.cached)}`);
    print(`event loop's delay: ${spread(busy.lateness)}; without runs, and typing alike: ${spread(quiet.lateness)}`);
    await endLogger(logger);
  });

  it("say the newest values when the runs have ended", async () => {
    await until("no run is shown as running", () => {
      const titles = lens.codeLenses(document).map(({ command }) => command?.title ?? "");
      return (
        titles.some((title) => /^Last.*: \S+ loss_\d+/.test(title)) && !titles.some((title) => title.includes("Now"))
      );
    });
    const count = lens.codeLenses(document).find(({ command }) => /runs?$/.test(command?.title ?? ""));
    assert.equal(count?.command?.title, `${RUNS} runs`);
  });

  it("stand above the cells of notebooks", async function () {
    this.timeout(180_000);
    const uri = await writeScript("lens_notebook.ipynb", [notebookFile()]);
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const titles = (index: number) =>
      lens.codeLenses(notebook.cellAt(index).document).map(({ command }) => command?.title ?? "");
    assert.deepEqual(titles(1), []);
    logger = await startLogger("lens_notebook.ipynb", 1, 10, 1);
    await until("the notebook has a result", () => titles(1).length > 0);
    await endLogger(logger);
    const shown = await until("it is that of the run's end", () => titles(1)[0]?.startsWith("Last: ") && titles(1));
    assert.match(shown.join(" | "), /^Last: \S+ loss_0 \| 1 run$/);
    assert.deepEqual(titles(2), shown);
    assert.deepEqual(titles(3), []);
    assert.match((await lens.lineNotes(notebook.cellAt(2).document))?.last[0]?.text ?? "", /^last \S+$/);
  });
});

/** A notebook whose second cell with code prints a metric. */
function notebookFile(): string {
  const cell = (id: string, kind: "code" | "markdown", text: string) => ({
    ...{ cell_type: kind, id, metadata: {}, source: [text] },
    ...(kind === "code" ? { execution_count: null, outputs: [] } : {}),
  });
  const cells = [
    cell("intro", "markdown", "# Lens"),
    cell("first", "code", "x = 1"),
    cell("second", "code", "print(f'loss_0={x}')"),
    cell("third", "code", "y = 2"),
  ];
  const metadata = { language_info: { name: "python" } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

interface Measured {
  /** How late the event loop came to timers, ms. */
  lateness: number[];
  /** What CodeLenses took, for a text seen for the first time and again, ms. */
  first: number[];
  cached: number[];
}

/** A script of many functions, each of which logs a metric of its own. */
function source(): string[] {
  const functions = Array.from({ length: FUNCTIONS }, (_, index) => [
    `def train_${index}(model, data):`,
    '    """Trains one part',
    "",
    '    of the model."""',
    ...Array.from(
      { length: LINES_EACH - 6 },
      (_, line) => `    step_${line} = model.step(data[${line}], "a text", rate=0.1)  # step`,
    ),
    `    mlflow.log_metric("loss_${index}", step_1.loss)`,
    "",
  ]);
  return ["import mlflow", "", ...functions.flat()];
}

/** Runs of a script that log, all of them the same metrics. */
async function startLogger(script: string, runs: number, perSecond: number, metrics: number): Promise<ChildProcess> {
  const given = [workspaceRoot(), script, runs, perSecond, metrics].map(String);
  const child = fork(path.join(__dirname, "pointLogger.js"), given, { execArgv: [] });
  await once(child, "message");
  return child;
}

async function endLogger(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

const TICK_MS = 5;

/** Notes how much later than asked for each tick comes. */
function watchLateness(lateness: number[]): { stop(): void } {
  let expected = performance.now() + TICK_MS;
  const tick = () => {
    lateness.push(Math.max(0, performance.now() - expected));
    expected = performance.now() + TICK_MS;
    timer = setTimeout(tick, TICK_MS);
  };
  let timer = setTimeout(tick, TICK_MS);
  return { stop: () => clearTimeout(timer) };
}

function time(action: () => unknown): number {
  const started = performance.now();
  action();
  return performance.now() - started;
}

/** "median 1.2 ms, p99 3.4 ms, most 5.6 ms" */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}
