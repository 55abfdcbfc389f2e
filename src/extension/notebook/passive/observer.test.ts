import { beforeEach, describe, expect, test } from "vitest";
import type { ObservedCell, ObservedOutput, ObservedSummary, Told } from "./observed";
import { createObserver, type Observer } from "./observer";

let told: Told[];
let time: number;
let cells: ObservedCell[];
let observer: Observer;

const bytes = (text: string) => new TextEncoder().encode(text);
const stdout = (text: string): ObservedOutput => ({
  kind: "stdout",
  items: [{ mime: "application/vnd.code.notebook.stdout", data: bytes(text) }],
});
const result = (text: string): ObservedOutput => ({
  kind: "result",
  items: [{ mime: "text/plain", data: bytes(text) }],
});
const failure = (name: string): ObservedOutput => ({
  kind: "error",
  items: [
    {
      mime: "application/vnd.code.notebook.error",
      data: bytes(JSON.stringify({ name, message: "no", stack: `Traceback\n${name}: no` })),
    },
  ],
});

beforeEach(() => {
  told = [];
  time = 10_000;
  cells = ["a", "b", "c"].map((id, index) => ({
    id,
    index,
    language: "python",
    source: `${id}()`,
    tags: [],
    outputs: [],
  }));
  let sessions = 0;
  observer = createObserver({
    tell: (message) => told.push(message),
    read: () => ({
      notebook: { cells: [], metadata: {} },
      codeCells: cells.map(({ id }) => id),
      place: { notebook: "/p/a.ipynb", cwd: "/p" },
    }),
    newSession: () => `s${++sessions}`,
    now: () => time,
  });
});

const cell = (id: string) => cells.find((one) => one.id === id)!;
const change = (id: string, summary: ObservedSummary) => observer.summaryChanged(cell(id), summary);
function show(id: string, ...outputs: ObservedOutput[]): void {
  cell(id).outputs = outputs;
  observer.outputsChanged(cell(id));
}

/** As VS Code tells of an execution, with its repetitions. */
function execute(
  id: string,
  order: number | undefined,
  success: boolean | null = true,
  ...outputs: ObservedOutput[]
): void {
  change(id, {});
  if (order !== undefined) change(id, { executionOrder: order });
  show(id);
  if (outputs.length > 0) show(id, ...outputs);
  time += 100;
  const end = {
    executionOrder: order,
    success: success ?? undefined,
    timing: { startTime: time - 100, endTime: time },
  };
  change(id, end);
  change(id, { ...end });
  time += 5_000;
}

function inWords(message: Told): string {
  switch (message.e) {
    case "begin":
      return `begin ${message.session}`;
    case "start":
      return `start ${message.key} ${message.cellId} [${message.executionCount}]`;
    case "print":
      return `print ${message.key} ${message.text.trim()}`;
    case "outputs":
      return `outputs ${message.key} ${message.outputs.map(({ kind }) => kind)}`;
    case "end":
      return `end ${message.key} ${message.status}`;
    case "finish":
      return `finish ${message.how}`;
    case "layout":
      return "layout";
  }
}
const short = () => told.map(inWords);

test("tells each execution once, with the text that ran and its own times", () => {
  execute("a", 1, true, stdout("x\n"));
  execute("a", 2);
  expect(short()).toEqual([
    ...["begin s1", "start 1 a [1]", "print 1 x", "outputs 1 stdout", "end 1 succeeded"],
    ...["start 2 a [2]", "end 2 succeeded"],
  ]);
  expect(told[1]).toMatchObject({ source: "a()", startTime: 10_000 });
  expect(told[4]).toMatchObject({ endTime: 10_100, executionCount: 1 });
});

test("tells what was printed piece by piece, and again what was replaced", () => {
  change("a", {});
  change("a", { executionOrder: 1 });
  show("a", stdout("one "));
  show("a", stdout("one two "));
  show("a", stdout("one two "), result("3"));
  show("a", stdout("other text, longer than before"));
  change("a", { executionOrder: 1, success: true, timing: { startTime: 1, endTime: 2 } });
  const texts = told.flatMap((message) => (message.e === "print" ? message.text : []));
  expect(texts).toEqual(["one ", "two ", "other text, longer than before"]);
});

test("tells results, errors and interruptions", () => {
  execute("a", 1, true, result("42"));
  execute("b", 2, false, failure("ValueError"));
  execute("c", 3, false, failure("KeyboardInterrupt"));
  execute("a", 4, null);
  const ends = told.filter((message) => message.e === "end");
  expect(ends.map(({ status, error }) => [status, error?.name])).toEqual([
    ["succeeded", undefined],
    ["failed", "ValueError"],
    ["cancelled", "KeyboardInterrupt"],
    ["cancelled", undefined],
  ]);
  expect(short().filter((line) => line.startsWith("print"))).toEqual([
    "print 1 42",
    "print 2 Traceback\nValueError: no",
    "print 3 Traceback\nKeyboardInterrupt: no",
  ]);
});

test("knows executions of kernels that do not count, from their outputs or only from their end", () => {
  execute("a", undefined, true, stdout("x"));
  execute("b", undefined, true);
  expect(short().filter((line) => /start|end/.test(line))).toEqual([
    ...["start 1 a [null]", "end 1 succeeded"],
    ...["start 2 b [null]", "end 2 succeeded"],
  ]);
});

test("takes numbers that begin anew for another session of the kernel, in which what ran has died", () => {
  execute("a", 1);
  change("b", {});
  change("b", { executionOrder: 2 });
  execute("a", 1);
  expect(short().slice(3)).toEqual([
    ...["start 2 b [2]", "finish kernel-died"],
    ...["begin s2", "start 3 a [1]", "end 3 succeeded"],
  ]);
});

describe("a run begins", () => {
  const begins = () => short().filter((line) => line.startsWith("begin"));

  test("at once for a kernel that is given the tracer, and no other until it starts anew or is asked to", () => {
    execute("a", 1);
    observer.attach();
    expect(told.filter(({ e }) => e === "begin")).toMatchObject([{ attached: false }, { attached: true }]);
    const runAll = (from: number) => {
      for (const id of ["a", "b", "c"]) change(id, {});
      ["a", "b", "c"].forEach((id, at) => {
        change(id, { executionOrder: from + at });
        change(id, {
          executionOrder: from + at,
          success: true,
          timing: { startTime: from + at, endTime: from + at + 1 },
        });
      });
    };
    runAll(2);
    expect(begins()).toHaveLength(2);
    observer.attach();
    runAll(5);
    expect(begins()).toHaveLength(3);
    time += 10_000;
    runAll(1);
    expect(begins()).toHaveLength(4);
    expect(observer.isAttached()).toBe(false);
  });

  test("when all cells are asked for together, and not for any other number of them", () => {
    execute("a", 1);
    for (const id of ["b", "c"]) change(id, {});
    for (const [id, order] of [
      ["b", 2],
      ["c", 3],
    ] as const) {
      change(id, { executionOrder: order });
      change(id, { executionOrder: order, success: true, timing: { startTime: order, endTime: order + 1 } });
    }
    expect(begins()).toHaveLength(1);
    // At once after another cell.
    for (const id of ["a", "b", "c"]) change(id, {});
    for (const [id, order] of [
      ["a", 4],
      ["b", 5],
      ["c", 6],
    ] as const) {
      change(id, { executionOrder: order });
      change(id, { executionOrder: order, success: true, timing: { startTime: order, endTime: order + 1 } });
    }
    expect(begins()).toEqual(["begin s1", "begin s1"]);
  });

  test("not by clearing all outputs", () => {
    execute("a", 1);
    for (const id of ["a", "b", "c"]) change(id, {});
    time += 5_000;
    execute("b", 2);
    expect(begins()).toHaveLength(1);
  });

  test("when it is asked for, and when the recorder was lost", () => {
    execute("a", 1);
    observer.newRun();
    execute("b", 2);
    change("c", {});
    change("c", { executionOrder: 3 });
    observer.recorderLost();
    execute("a", 4);
    expect(begins()).toEqual(["begin s1", "begin s1", "begin s1"]);
    expect(short().at(-2)).toBe("start 4 a [4]");
  });
});

test("ends a cell that is deleted while it runs, and forgets it", () => {
  change("a", {});
  change("a", { executionOrder: 1 });
  show("a", stdout("x"));
  observer.cellRemoved(cell("a"));
  change("b", {});
  expect(short().slice(2)).toEqual(["print 1 x", "outputs 1 stdout", "end 1 cancelled"]);
});

test("ends an execution whose end was never told when the cell is asked for again", () => {
  change("a", {});
  change("a", { executionOrder: 1 });
  execute("a", 2);
  expect(short().filter((line) => /start|end/.test(line))).toEqual([
    ...["start 1 a [1]", "end 1 cancelled"],
    ...["start 2 a [2]", "end 2 succeeded"],
  ]);
});

test("keeps what was shown when someone clears it, and takes what comes later", () => {
  execute("a", 1, true, stdout("x"));
  const before = told.length;
  show("a");
  expect(told.length).toBe(before);
  show("a", stdout("x, later"));
  expect(short().slice(before)).toEqual(["print 1 , later", "outputs 1 stdout"]);
});

test("tells how the notebook stands when it has changed", () => {
  execute("a", 1);
  observer.layoutChanged();
  execute("b", 2);
  expect(short().filter((line) => line === "layout")).toHaveLength(1);
  observer.layoutChanged();
  observer.tellLayout();
  observer.tellLayout();
  expect(short().filter((line) => line === "layout")).toHaveLength(2);
});
