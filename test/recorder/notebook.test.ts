/** The recorder that an editor starts beside a notebook, as it ships: killed and cut off at any moment, nothing is lost. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { attachingCode } from "../../src/extension/notebook/passive/attachingCode";
import type { FromEditor, FromRecorder } from "../../src/recorder/notebook/messages";
import { recoverLostRuns } from "../../src/recorder/recover";
import type { Store } from "../../src/store/contract";
import { objectPath } from "../../src/store/objects";
import { openStore } from "../../src/store/open";
import { baseEnvironment, modeltrail, python, useCli } from "./cli";

useCli();
const tracer = join(import.meta.dirname, "../../python/tracer");

let root: string;
let store: Store;
const children: ChildProcessWithoutNullStreams[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "modeltrail-notebook-")));
  store = openStore(root);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  store.close();
  rmSync(root, { recursive: true, force: true });
});

interface Recorder {
  child: ChildProcessWithoutNullStreams;
  tell(...messages: FromEditor[]): void;
  /** The next answer of this kind. */
  answer<Kind extends FromRecorder["e"]>(kind: Kind): Promise<Extract<FromRecorder, { e: Kind }>>;
  exited: Promise<unknown>;
}

function startRecorder(): Recorder {
  const [program, ...args] = modeltrail("record-notebook");
  const child = spawn(program!, args, { cwd: root, env: baseEnvironment(root) });
  children.push(child);
  const answers: FromRecorder[] = [];
  let wake = () => {};
  let rest = "";
  child.stdout.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop()!;
    answers.push(...lines.map((line) => JSON.parse(line) as FromRecorder));
    wake();
  });
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  void exited.then(() => wake());
  return {
    child,
    exited,
    tell(...messages) {
      for (const message of messages) child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    async answer(kind) {
      for (;;) {
        const found = answers.findIndex(({ e }) => e === kind);
        if (found >= 0) return answers.splice(found, 1)[0] as never;
        if (child.exitCode !== null) throw new Error(`The recorder ended without an answer: ${errors}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const layout = {
  cells: ["one", "two"].map((id) => ({ id, kind: "code" as const, language: "python", source: `${id}()`, tags: [] })),
  metadata: {},
};
const begin = (session = "s1"): FromEditor => ({
  e: "begin",
  attached: false,
  notebook: join(root, "a.ipynb"),
  cwd: root,
  session,
  layout,
});
const start = (key: number, cellId = "one"): FromEditor => ({
  ...{ e: "start", key, cellId, index: 0, language: "python", source: `${cellId}()`, tags: [] },
  ...{ executionCount: key, startTime: 1_000 + key },
});
const end = (key: number, status: "succeeded" | "failed" = "succeeded"): FromEditor => ({
  ...{ e: "end", key, status, endTime: 2_000 + key, executionCount: key, error: null },
});
const print = (key: number, text: string): FromEditor => ({ e: "print", key, text });

const cellsOf = (id: string) => store.cells.list(id).cells.map(({ cellId, status }) => [cellId, status]);

function say(...words: string[]): string {
  const [program, ...args] = modeltrail(...words);
  return execFileSync(program!, args, { cwd: root, env: baseEnvironment(root), encoding: "utf8", stdio: "pipe" });
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("ends the run when the editor is gone, with all that was said", async () => {
  const recorder = startRecorder();
  recorder.tell(begin(), start(1), print(1, "loss: 0.5\n"), end(1), start(2, "two"), print(2, "half"));
  const { id } = await recorder.answer("began");
  recorder.child.stdin.end();
  await recorder.exited;
  expect(store.getRun(id)).toMatchObject({ status: "killed", signal: "SIGHUP", script: null });
  expect(store.getRun(id)!.metrics.loss?.last).toBe(0.5);
  expect(readFileSync(store.logPath(id), "utf8")).toBe("loss: 0.5\nhalf");
  expect(cellsOf(id)).toEqual([
    ["one", "succeeded"],
    ["two", "cancelled"],
  ]);
});

test("leaves to whoever comes next what it had recorded when it is killed itself", async () => {
  const recorder = startRecorder();
  const png = { mime: "image/png", base64: "AQID" };
  recorder.tell(begin(), start(1), print(1, "loss: 0.5\n"));
  recorder.tell(
    { e: "outputs", key: 1, outputs: [{ kind: "display", items: [png] }] },
    end(1, "failed"),
    start(2, "two"),
  );
  const { id } = await recorder.answer("began");
  await until(() => cellsOf(id).length === 2);
  recorder.child.kill("SIGKILL");
  await recorder.exited;

  expect(await recoverLostRuns(store)).toEqual([id]);
  const run = store.getRun(id)!;
  expect(run.status).toBe("lost");
  expect(run.metrics.loss?.last).toBe(0.5);
  expect(cellsOf(id)).toEqual([
    ["one", "failed"],
    ["two", "cancelled"],
  ]);
  const executed = readFileSync(objectPath(store.folder, run.artifacts[0]!.sha256), "utf8");
  expect(JSON.parse(executed).cells[0].outputs).toEqual([
    { output_type: "display_data", data: { "image/png": "AQID" }, metadata: {} },
  ]);
});

test("gives a cell that still runs when the next run begins to the run that it began in", async () => {
  const recorder = startRecorder();
  recorder.tell(begin(), start(1), begin(), start(2, "two"), end(2));
  const [first, second] = [await recorder.answer("began"), await recorder.answer("began")];
  recorder.tell({ e: "finish", how: "boundary" });
  expect((await recorder.answer("ended")).id).toBe(second.id);
  expect(store.getRun(first.id)!.status).toBe("running");
  recorder.tell(end(1, "failed"));
  expect((await recorder.answer("ended")).id).toBe(first.id);
  expect([cellsOf(first.id), store.getRun(first.id)!.status]).toEqual([[["one", "failed"]], "failed"]);
  expect([cellsOf(second.id), store.getRun(second.id)!.status]).toEqual([[["two", "succeeded"]], "finished"]);
});

test("cuts the cells short whose kernel died, and goes on with the next run", async () => {
  const recorder = startRecorder();
  recorder.tell(begin(), start(1), { e: "finish", how: "kernel-died" }, begin("s2"), start(2), end(2));
  const [first, second] = [await recorder.answer("began"), await recorder.answer("began")];
  expect((await recorder.answer("ended")).id).toBe(first.id);
  expect(store.getRun(first.id)).toMatchObject({ status: "killed", signal: "SIGKILL" });
  recorder.child.kill("SIGTERM");
  await recorder.exited;
  expect(store.getRun(second.id)!.status).toBe("finished");
});

test("the command line shows what ran", async () => {
  const recorder = startRecorder();
  const error = { name: "ValueError", message: "no", traceback: "" };
  recorder.tell(begin(), start(1), end(1), start(2, "two"), { ...end(2, "failed"), error } as FromEditor);
  const { id } = await recorder.answer("began");
  recorder.child.stdin.end();
  await recorder.exited;
  expect(say("show", id)).toMatch(/Cells\n +ran +cell.*\n +1 +1 +\[1\] +succeeded .*one\(\)\n.*failed.*ValueError: no/);
  expect(JSON.parse(say("cells", id, "--json"))).toMatchObject([{ cellId: "one" }, { cellId: "two", error }]);
  expect(JSON.parse(say("show", id, "--json"))).toMatchObject({
    cellCount: 2,
    cells: [{ ordinal: 1 }, { ordinal: 2 }],
  });
  expect(say("cells", id, "2")).toBe("two()\n");
  expect(() => say("cells", id, "3")).toThrow("no execution 3");
});

test("refuses what it does not understand, and goes on", async () => {
  const recorder = startRecorder();
  recorder.child.stdin.write("{\n");
  expect((await recorder.answer("refused")).message).toContain("does not understand");
  recorder.tell(begin());
  await recorder.answer("began");
  recorder.child.stdin.end();
  await recorder.exited;
});

test("a kernel of someone else's, given the tracer: the run has the files of its cells, each run its own", async () => {
  const recorder = startRecorder();
  for (const name of ["before.csv", "first.csv", "second.csv"]) writeFileSync(join(root, name), name);
  const kernel = spawn(python, ["-qi"], { cwd: root, env: baseEnvironment(root) });
  children.push(kernel);
  let said = "";
  kernel.stdout.on("data", (data) => {
    said += data;
  });
  const execute = async (code: string) => {
    const before = said.length;
    kernel.stdin.write(`${code}\nprint("done")\n`);
    await until(() => said.slice(before).includes("done\n"));
  };

  await execute("open('before.csv').close()");
  const ids: string[] = [];
  for (const [key, name] of ["first", "second"].entries()) {
    recorder.tell({ ...begin(), attached: true } as FromEditor);
    const { id, variables } = await recorder.answer("began");
    ids.push(id);
    await execute(attachingCode(tracer, variables));
    recorder.tell(start(key + 1));
    await execute(`open('${name}.csv').close()`);
    recorder.tell(end(key + 1));
  }
  recorder.tell({ e: "finish", how: "boundary" });
  recorder.child.stdin.end();
  await recorder.exited;
  const read = (id: string) => store.getRun(id)!.snapshot.data.map(({ path }) => path);
  expect(ids.map(read)).toEqual([["first.csv"], ["second.csv"]]);
  expect(store.getRun(ids[0]!)).toMatchObject({
    status: "finished",
    snapshot: { environment: { executable: python } },
  });
  expect(
    store
      .getRun(ids[0]!)!
      .gaps.map(({ message }) => message)
      .join(),
  ).toContain("given the tracer while it was");
});
