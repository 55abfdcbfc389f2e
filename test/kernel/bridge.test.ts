/** The bridge with a real kernel: what a cell shows, asks and does arrives as events. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bridge, startBridge } from "../../src/recorder/kernel/bridge";
import type { BridgeEvent } from "../../src/recorder/kernel/bridgeMessages";
import { pythonWithKernel } from "./python";

const python = pythonWithKernel();
const folder = mkdtempSync(join(tmpdir(), "modeltrail-bridge-"));
const env = { PATH: process.env.PATH!, HOME: folder, IPYTHONDIR: folder, PYTHONDONTWRITEBYTECODE: "1" };
const events: BridgeEvent[] = [];
let wake = () => {};
let bridge: Bridge;

beforeAll(async () => {
  if (!python) return;
  bridge = startBridge({
    python,
    env,
    onEvent(event) {
      events.push(event);
      wake();
    },
    onClose: () => {},
  });
  await startKernel();
}, 60_000);
afterAll(async () => {
  await bridge?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The first event of this kind that is still to come, or has come since `events` was emptied. */
async function next<Kind extends BridgeEvent["e"]>(kind: Kind): Promise<Extract<BridgeEvent, { e: Kind }>> {
  for (;;) {
    const found = events.find((event) => event.e === kind);
    if (found) return found as Extract<BridgeEvent, { e: Kind }>;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

async function startKernel() {
  events.length = 0;
  bridge.send({ op: "start", env, cwd: folder });
  return next("ready");
}

function begin(code: string): void {
  events.length = 0;
  bridge.send({ op: "execute", id: "cell", code, stdin: true });
}

/** What came of a cell, without the frame of `began` and `done`. */
async function outputs(code: string) {
  begin(code);
  const done = await next("done");
  return { status: done.status, events: events.filter(({ e }) => e !== "began" && e !== "done") };
}

const kernel = test.skipIf(!python);

kernel("printed text keeps its stream, and the last value is a result with its number", async () => {
  const { status, events } = await outputs("import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7");
  expect(status).toBe("ok");
  expect(events).toEqual([
    { e: "stream", id: "cell", name: "stdout", text: "out\n" },
    { e: "stream", id: "cell", name: "stderr", text: "err\n" },
    expect.objectContaining({ e: "result", data: { "text/plain": "42" }, count: expect.any(Number) }),
  ]);
});

const FORMS: [name: string, code: string, mime: string][] = [
  ["HTML", "HTML('<b>x</b>')", "text/html"],
  ["LaTeX", "Latex('$x$')", "text/latex"],
  ["SVG", "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')", "image/svg+xml"],
  ["JSON", "JSON({'a': [1]})", "application/json"],
  ["Markdown", "Markdown('**x**')", "text/markdown"],
];
kernel("what is shown comes in its own form", async () => {
  for (const [name, code, mime] of FORMS) {
    const { events } = await outputs(`from IPython.display import *\ndisplay(${code})`);
    expect(events, name).toEqual([
      expect.objectContaining({ e: "display", data: expect.objectContaining({ [mime]: expect.anything() }) }),
    ]);
  }
});

kernel(
  "a figure is an image",
  async () => {
    const { events } = await outputs("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()");
    const [shown] = events.filter(({ e }) => e === "display");
    expect(
      Buffer.from((shown as { data: Record<string, string> }).data["image/png"]!, "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  },
  30_000,
);

kernel("a display is replaced by its id, and cleared", async () => {
  const code =
    "h = display('one', display_id='d')\nh.update('two')\nfrom IPython.display import clear_output\nclear_output(wait=True)";
  const { events } = await outputs(code);
  expect(events).toEqual([
    expect.objectContaining({ e: "display", displayId: "d", data: { "text/plain": "'one'" } }),
    expect.objectContaining({ e: "update", displayId: "d", data: { "text/plain": "'two'" } }),
    { e: "clear", id: "cell", wait: true },
  ]);
});

kernel("input and getpass ask, and get the answer", async () => {
  begin("import getpass\nprint(input('Name: '), getpass.getpass('Key: '))");
  expect(await next("input")).toMatchObject({ prompt: "Name: ", password: false });
  events.length = 0;
  bridge.send({ op: "input", text: "Ada" });
  expect(await next("input")).toMatchObject({ prompt: "Key: ", password: true });
  bridge.send({ op: "input", text: "secret" });
  expect((await next("done")).status).toBe("ok");
  expect(events).toContainEqual({ e: "stream", id: "cell", name: "stdout", text: "Ada secret\n" });
});

kernel("an error has its name, its words and the way to it", async () => {
  const { status, events } = await outputs("def f():\n  raise ValueError('no')\nf()");
  expect(status).toBe("error");
  expect(events).toEqual([expect.objectContaining({ e: "error", name: "ValueError", value: "no" })]);
  const way = (events[0] as { traceback: string[] }).traceback.join("\n");
  expect(stripVTControlCharacters(way)).toContain("line 2, in f()");
});

kernel("an interrupt ends the cell and not the kernel", async () => {
  begin("kept = 1\nprint('busy', flush=True)\nimport time\ntime.sleep(600)");
  await next("stream");
  bridge.send({ op: "interrupt" });
  expect((await next("done")).status).toBe("error");
  expect(await next("error")).toMatchObject({ name: "KeyboardInterrupt" });
  expect((await outputs("kept")).status).toBe("ok");
});

kernel("a silent execution leaves no trace", async () => {
  const before = await outputs("1");
  events.length = 0;
  bridge.send({ op: "execute", id: "quiet", code: "2", silent: true });
  await next("done");
  expect(events.map(({ e }) => e)).toEqual(["done"]);
  const [first] = before.events as { count: number }[];
  const [second] = (await outputs("1")).events as { count: number }[];
  expect(second!.count).toBe(first!.count + 1);
});

kernel(
  "50 MB of HTML come in one piece",
  async () => {
    const { events } = await outputs("from IPython.display import HTML\nHTML('<p>' + 'x' * 50_000_000)");
    expect((events[0] as { data: Record<string, string> }).data["text/html"]!.length).toBe(50_000_003);
  },
  60_000,
);

kernel(
  "what is printed faster than it can be read is counted",
  async () => {
    begin("for _ in range(100):\n  print('x' * 999_999)");
    await next("done");
    const told = events.map((event) =>
      event.e === "stream" ? event.text.length : event.e === "cut" ? event.bytes : 0,
    );
    expect(told.reduce((sum, size) => sum + size)).toBe(100_000_000);
  },
  60_000,
);

kernel(
  "a killed kernel is told of, and another one starts",
  async () => {
    begin("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
    expect(await next("dead")).toMatchObject({ signal: "SIGKILL", started: true });
    await startKernel();
    expect((await outputs("kept")).status).toBe("error");
  },
  30_000,
);

kernel(
  "a stop lets what is registered for the exit run",
  async () => {
    await outputs("import atexit\natexit.register(lambda: open('left', 'w').write('x'))");
    events.length = 0;
    bridge.send({ op: "stop" });
    await next("stopped");
    await startKernel();
    const { events: shown } = await outputs("open('left').read()");
    expect(shown).toEqual([expect.objectContaining({ data: { "text/plain": "'x'" } })]);
  },
  30_000,
);

test.skipIf(!python)("a Python without ipykernel says what to do", async () => {
  const said: BridgeEvent[] = [];
  const missing = mkdtempSync(join(folder, "missing-"));
  writeFileSync(join(missing, "zmq.py"), "raise ImportError('no zmq')");
  await new Promise<void>((resolve) => {
    startBridge({
      python: python!,
      env: { ...env, PYTHONPATH: missing },
      onEvent: (event) => said.push(event),
      onClose: () => resolve(),
    });
  });
  expect(said).toEqual([expect.objectContaining({ e: "dead", started: false })]);
  expect((said[0] as { output: string }).output).toContain("-m pip install ipykernel");
});
