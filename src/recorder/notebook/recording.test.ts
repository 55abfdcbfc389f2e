import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Notebook } from "../../domain/notebook";
import { objectPath } from "../../store/objects";
import { tempStore } from "../../store/testStore";
import { MOST_OUTPUT_BYTES } from "./outputs";
import { beginNotebookRun, type NotebookRun, type NotebookRunOptions, type StartedCell } from "./recording";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "modeltrail-notebook-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const LAYOUT: Notebook = {
  cells: [
    { id: "intro", kind: "markup", language: "markdown", source: "# Wine\nA look.", tags: [] },
    { id: "params", kind: "code", language: "python", source: "lr = 0.1", tags: ["parameters"] },
    { id: "fit", kind: "code", language: "python", source: "fit()", tags: [] },
  ],
  metadata: { language_info: { name: "python" } },
};

function begin(part: Partial<NotebookRunOptions> = {}): NotebookRun {
  return beginNotebookRun({
    notebook: join(root, "explore.ipynb"),
    session: "s1",
    layout: LAYOUT,
    passive: true,
    cwd: root,
    env: { ...process.env, MODELTRAIL_DIR: undefined, MODELTRAIL_RUN_ID: undefined },
    source: "notebook",
    startFinisher: () => undefined,
    startUnderstudy: () => undefined,
    ...part,
  });
}

function started(cellId: string, source: string, part: Partial<StartedCell> = {}): StartedCell {
  const index = LAYOUT.cells.findIndex(({ id }) => id === cellId);
  return { cellId, index, executionCount: null, language: "python", source, tags: [], startTime: 1_000, ...part };
}

const text = (words: string) => [{ mime: "text/plain", bytes: Buffer.from(words) }];

test("records what ran, what it showed and printed, and keeps the executed notebook", async () => {
  writeFileSync(join(root, "explore.ipynb"), "{}");
  const run = begin();
  const parameters = "lr = 0.05  # rate\nname: str = 'wide'\napi_key = 'secret'";
  const first = run.cellStarted(started("params", parameters, { tags: ["parameters"] }));
  run.cellEnded(first, { status: "succeeded", endTime: 1_100, executionCount: 1 });
  const second = run.cellStarted(started("fit", "print(1)\nplot()", { executionCount: 2 }));
  run.print("accuracy: 0.75\n");
  run.outputs(second, [
    {
      kind: "stdout",
      items: [{ mime: "application/vnd.code.notebook.stdout", bytes: Buffer.from("accuracy: 0.75\n") }],
    },
    { kind: "result", items: [{ mime: "image/png", bytes: Buffer.from([1, 2, 3]) }, ...text("<Figure>")] },
  ]);
  run.cellEnded(second, { status: "succeeded", endTime: 1_900 });
  await run.end("boundary");

  const store = tempStore(root);
  const saved = store.getRun(run.recording.id)!;
  expect(saved).toMatchObject({
    status: "finished",
    script: "explore.ipynb",
    experiment: "explore",
    command: ["explore.ipynb"],
    params: { lr: "0.05", name: "wide", api_key: "***" },
  });
  expect(saved.metrics.accuracy?.last).toBe(0.75);
  expect(saved.gaps.map(({ kind }) => kind)).toContain("tracer");
  const { cells } = store.cells.list(saved.id);
  expect(cells.map(({ ordinal, cellId, status, executionCount }) => [ordinal, cellId, status, executionCount])).toEqual(
    [
      [1, "params", "succeeded", 1],
      [2, "fit", "succeeded", 2],
    ],
  );
  expect(readFileSync(objectPath(store.folder, cells[1]!.source), "utf8")).toBe("print(1)\nplot()");
  expect(cells[1]!.outputs.map(({ preview }) => preview)).toEqual(["accuracy: 0.75", "<Figure>"]);

  const [artifact] = saved.artifacts;
  expect(artifact!.path).toBe("executed/explore.ipynb");
  expect(JSON.parse(readFileSync(objectPath(store.folder, artifact!.sha256), "utf8"))).toEqual({
    cells: [
      { cell_type: "markdown", id: "intro", metadata: {}, source: ["# Wine\n", "A look."] },
      {
        cell_type: "code",
        id: "params",
        metadata: { tags: ["parameters"] },
        source: ["lr = 0.05  # rate\n", "name: str = 'wide'\n", "api_key = 'secret'"],
        execution_count: 1,
        outputs: [],
      },
      {
        cell_type: "code",
        id: "fit",
        metadata: {},
        source: ["print(1)\n", "plot()"],
        execution_count: 2,
        outputs: [
          { output_type: "stream", name: "stdout", text: ["accuracy: 0.75\n"] },
          {
            output_type: "execute_result",
            execution_count: 2,
            data: { "image/png": "AQID", "text/plain": ["<Figure>"] },
            metadata: {},
          },
        ],
      },
    ],
    metadata: { language_info: { name: "python" } },
    nbformat: 4,
    nbformat_minor: 5,
  });
});

test("ends as the cell ended that ran last: failed, interrupted, or cut short", async () => {
  const error = { name: "ValueError", message: "no", traceback: "Traceback…\nValueError: no" };
  const status = async (how: "failed" | "cancelled" | null, end: "boundary" | "hangup" | "kernel-died") => {
    const run = begin();
    run.cellEnded(run.cellStarted(started("params", "1")), { status: "succeeded", endTime: 1_100 });
    const ordinal = run.cellStarted(started("fit", "2"));
    if (how) run.cellEnded(ordinal, { status: how, endTime: 1_200, error: how === "failed" ? error : null });
    await run.end(end);
    const store = tempStore(root);
    const { status, exitCode, signal } = store.getRun(run.recording.id)!;
    return [status, exitCode, signal, store.cells.get(run.recording.id, ordinal)!.status];
  };
  expect(await status("failed", "boundary")).toEqual(["failed", 1, null, "failed"]);
  expect(await status("cancelled", "boundary")).toEqual(["killed", null, "SIGINT", "cancelled"]);
  expect(await status(null, "kernel-died")).toEqual(["killed", null, "SIGKILL", "cancelled"]);
  expect(await status(null, "hangup")).toEqual(["killed", null, "SIGHUP", "cancelled"]);
});

test("keeps of a very large output its size and hash, and takes away the file that it came in", async () => {
  const file = join(root, "huge.html");
  writeFileSync(file, Buffer.alloc(MOST_OUTPUT_BYTES + 1, "x"));
  const run = begin();
  const ordinal = run.cellStarted(started("fit", "show()"));
  run.outputs(ordinal, [{ kind: "display", items: [{ mime: "text/html", file }] }]);
  run.cellEnded(ordinal, { status: "succeeded", endTime: 1_100 });
  await run.end("boundary");
  expect(existsSync(file)).toBe(false);
  const store = tempStore(root);
  const [item] = store.cells.get(run.recording.id, ordinal)!.outputs[0]!.items;
  expect(item).toMatchObject({ mime: "text/html", size: MOST_OUTPUT_BYTES + 1, kept: false });
  expect(existsSync(objectPath(store.folder, item!.sha256))).toBe(false);
  const [artifact] = store.getRun(run.recording.id)!.artifacts;
  const executed = readFileSync(objectPath(store.folder, artifact!.sha256), "utf8");
  expect(executed).toContain("[text/html, 10.5 MB: not kept]");
});

test("says on the run what could not be recorded, and goes on", async () => {
  const run = begin();
  const ordinal = run.cellStarted(started("fit", "show()"));
  run.outputs(ordinal, [{ kind: "display", items: [{ mime: "text/html", file: join(root, "gone.html") }] }]);
  run.cellEnded(ordinal, { status: "succeeded", endTime: 1_100 });
  await run.end("boundary");
  const { status, warnings } = tempStore(root).getRun(run.recording.id)!;
  expect(status).toBe("finished");
  expect(warnings.join()).toContain("Something of the notebook could not be recorded");
});

test("takes a notebook that is in no file by its name", async () => {
  const run = begin({ notebook: "Untitled-1.ipynb" });
  run.cellEnded(run.cellStarted(started("fit", "1")), { status: "succeeded", endTime: 1_100 });
  await run.end("boundary");
  const { script, experiment, artifacts } = tempStore(root).getRun(run.recording.id)!;
  expect([script, experiment, artifacts[0]!.path]).toEqual([null, "Untitled-1", "executed/Untitled-1.ipynb"]);
});
