/** A notebook on a kernel of ours, by the command that the editor starts: what it executes is recorded as a script's run is. */
import { readFileSync, statSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { makeProject, useCli, withStore } from "../recorder/cli";
import { codeCell, type KernelClient, openKernel } from "./client";
import { pythonWithKernel } from "./python";

const python = pythonWithKernel();
const kernel = test.skipIf(!python);
useCli();

const open: KernelClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

function start(folder: string, env?: Record<string, string>): KernelClient {
  const client = openKernel(folder, python!, env);
  open.push(client);
  return client;
}

function runs(folder: string): Run[] {
  return withStore(folder, (store) => {
    const { runs } = store.listRuns({ sort: { key: "startTime", descending: false } });
    return runs.map(({ id }) => store.getRun(id)!);
  });
}

const cellsOf = (folder: string, id: string) => withStore(folder, (store) => store.cells.list(id).cells);

kernel(
  "cells, files, parameters, metrics and what was printed are in the run",
  async () => {
    const folder = makeProject({ "data.csv": "a\n1\n", "helper.py": "WIDE = 2\n", "explore.ipynb": "{}" });
    const client = start(folder);
    const layout = { cells: [codeCell("params", "lr = 0.5", ["parameters"]), codeCell("fit", "…")], metadata: {} };
    await client.run("lr = 0.5", { cell: layout.cells[0]!, layout });
    await client.run("import helper\nprint(open('data.csv').read())\nopen('model.bin', 'w').write('m')", { layout });
    await client.run("import modeltrail\nfor i in range(3):\n  modeltrail.log(step=i, loss=1 / (i + 1))\n6 * 7", {
      layout,
    });
    expect((await client.run("1 / 0")).status).toBe("failed");
    expect(await client.close()).toBe(0);

    const [run, ...others] = runs(folder);
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      status: "failed",
      exitCode: 1,
      command: ["explore.ipynb"],
      script: "explore.ipynb",
      experiment: "explore",
      params: { lr: "0.5" },
      metrics: { loss: { count: 3, min: 1 / 3 } },
      gaps: [],
    });
    const { data, environment } = run!.snapshot;
    expect(data).toEqual([
      expect.objectContaining({ path: "data.csv", role: "read" }),
      expect.objectContaining({ path: "model.bin", role: "write" }),
    ]);
    expect(environment).toMatchObject({ packages: expect.objectContaining({ ipykernel: expect.any(String) }) });
    expect(run!.artifacts.map(({ path }) => path).sort()).toEqual(["executed/explore.ipynb", "model.bin"]);
    const cells = cellsOf(folder, run!.id);
    expect(cells.map(({ ordinal, executionCount, status }) => [ordinal, executionCount, status])).toEqual([
      [1, 1, "succeeded"],
      [2, 2, "succeeded"],
      [3, 3, "succeeded"],
      [4, 4, "failed"],
    ]);
    expect(cells[2]!.outputs).toMatchObject([{ kind: "result", preview: "42" }]);
    expect(cells[3]!.error).toMatchObject({ name: "ZeroDivisionError" });
    const log = withStore(folder, (store) => readFileSync(store.logPath(run!.id), "utf8"));
    expect(log).toContain("a\n1\n");
    expect(log).toContain("ZeroDivisionError");
  },
  60_000,
);

kernel(
  "what a living kernel does after another run has begun belongs to that",
  async () => {
    const folder = makeProject({ "one.csv": "1", "two.csv": "2", "explore.ipynb": "{}" });
    const client = start(folder);
    await client.run("import modeltrail\nmodeltrail.log(loss=1)\nopen('one.csv').read()");
    await client.run("import os\nmodeltrail.log(loss=2)\nopen('two.csv').read()", { newRun: true });
    const { text } = await client.run("print(os.environ['MODELTRAIL_RUN_ID'])");
    await client.close();
    const [first, second] = runs(folder);
    expect(first).toMatchObject({ status: "finished", metrics: { loss: { last: 1, count: 1 } }, gaps: [] });
    expect(second).toMatchObject({ status: "finished", metrics: { loss: { last: 2, count: 1 } } });
    expect(second!.gaps).toEqual([expect.objectContaining({ message: expect.stringContaining("1 cell had run") })]);
    expect([first, second].map((run) => run!.snapshot.data.map(({ path }) => path))).toEqual([
      ["one.csv"],
      ["two.csv"],
    ]);
    expect(text.trim()).toBe(second!.id);
  },
  60_000,
);

kernel(
  "a killed kernel ends its run as killed, says so, and the next cell starts another",
  async () => {
    const folder = makeProject({ "explore.ipynb": "{}" });
    const client = start(folder);
    await client.run("x = 1");
    const { status } = await client.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
    expect(status).toBe("failed");
    expect(client.events).toContainEqual({ k: "died", message: expect.stringContaining("memory runs out") });
    expect((await client.run("os")).shown).toContainEqual(expect.objectContaining({ e: "error", name: "NameError" }));
    await client.close();
    const [first, second] = runs(folder);
    expect(first).toMatchObject({ status: "killed", signal: "SIGKILL" });
    expect(cellsOf(folder, first!.id).map(({ status }) => status)).toEqual(["succeeded", "cancelled"]);
    expect(second!.status).toBe("failed");
    expect(cellsOf(folder, second!.id)[0]!.session).not.toBe(cellsOf(folder, first!.id)[0]!.session);
  },
  60_000,
);

kernel(
  "an interrupt ends what runs, and what waits does not begin",
  async () => {
    const folder = makeProject({ "explore.ipynb": "{}" });
    const client = start(folder);
    const running = client.begin("import time\nprint('busy', flush=True)\ntime.sleep(600)");
    const waiting = client.begin("open('never', 'w')");
    await client.until((event) => event.k === "shown" && event.event.e === "stream");
    client.send({ op: "interrupt" });
    await client.until((event) => event.k === "ended" && event.id === waiting);
    const ended = client.events.filter((event) => event.k === "ended");
    expect(ended.map(({ id, status }) => [id, status])).toEqual([
      [running, "cancelled"],
      [waiting, "cancelled"],
    ]);
    await client.close();
    const [run] = runs(folder);
    expect(run).toMatchObject({ status: "killed", signal: "SIGINT" });
    expect(cellsOf(folder, run!.id)).toHaveLength(1);
  },
  60_000,
);

kernel(
  "a restart begins anew, input is asked for, and an editor that ends in a cell leaves a whole run",
  async () => {
    const folder = makeProject({ "explore.ipynb": "{}" });
    const client = start(folder);
    const asking = client.begin("x = input('Name: ')\nprint('Hello', x)");
    const asked = await client.until((event) => event.k === "shown" && event.event.e === "input");
    expect(asked).toMatchObject({ event: { prompt: "Name: ", password: false } });
    client.send({ op: "input", text: "Ada" });
    await client.until((event) => event.k === "ended" && event.id === asking);
    client.send({ op: "restart" });
    expect((await client.run("x")).status).toBe("failed");
    client.begin("open('begun.txt', 'w').write('x')\nprint('on', flush=True)\nimport time\ntime.sleep(600)");
    await client.until((event) => event.k === "shown" && event.event.e === "stream" && event.event.text === "on\n");
    expect(await client.close()).toBe(0);
    const [first, second] = runs(folder);
    expect(first!.status).toBe("finished");
    expect(second!.status).toBe("killed");
    expect(second!.artifacts.map(({ path }) => path)).toContain("begun.txt");
    const log = withStore(folder, (store) => readFileSync(store.logPath(first!.id), "utf8"));
    expect(log).toContain("Hello Ada");
  },
  60_000,
);

kernel(
  "1 GB of text and 50 MB of HTML leave editor and recorder light, and nothing is lost in silence",
  async () => {
    const folder = makeProject({ "explore.ipynb": "{}" });
    const client = start(folder);
    const printing = await client.run("line = 'x' * 999\nfor _ in range(1_000_000):\n  print(line)");
    expect(printing.status).toBe("succeeded");
    expect(printing.text.length).toBeLessThan(1_200_000);
    expect(printing.text).toMatch(/ more: the run's log has all of it …\]\n/);
    const shown = await client.run("from IPython.display import HTML\nHTML('<p>' + 'x' * 50_000_000)");
    expect(JSON.stringify(shown.shown)).toContain("too large to be shown here");
    const mostMemory = peakMemory(client.child.pid!);
    await client.close();
    const [run] = runs(folder);
    const { size } = statSync(withStore(folder, (store) => store.logPath(run!.id)));
    if (run!.warnings.length === 0) expect(size).toBe(1_000_000_000);
    else expect(run!.warnings.join()).toContain("were lost");
    expect(size).toBeGreaterThan(200_000_000);
    expect(cellsOf(folder, run!.id)[1]!.outputs[0]!.items).toContainEqual(
      expect.objectContaining({ mime: "text/html", size: 50_000_003 }),
    );
    expect(mostMemory).toBeLessThan(1_000_000);
  },
  240_000,
);

/** In kB, where the system tells. */
function peakMemory(pid: number): number {
  if (process.platform !== "linux") return 0;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
