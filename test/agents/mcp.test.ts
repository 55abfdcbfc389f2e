/** The MCP server with the protocol's own client, over real runs. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, beforeAll, expect, test } from "vitest";
import {
  baseEnvironment,
  makeProject,
  modeltrail,
  python,
  recorded,
  runSession,
  useCli,
  withStore,
} from "../recorder/cli";

useCli();

// Flushed before its end: what is written to two pipes at once arrives in either order.
const TRAIN = `import argparse, sys
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
lr = parser.parse_args().lr
rows = open("data.csv").read().splitlines()
for step in range(300):
    print(f"epoch {step} loss: {lr / (step + 1)}")
open("model.txt", "w").write(str(lr))
if lr > 1:
    sys.stdout.flush()
    raise SystemExit("lr is too high")
print(f"accuracy: {1 - lr}")
`;

let project: string;
beforeAll(async () => {
  project = makeProject({ "modeltrail.yaml": "", "train.py": TRAIN, "data.csv": "a,b\n1,2\n" });
  for (const [name, lr] of [
    ["first", "0.1"],
    ["second", "0.2"],
    ["bad", "5"],
  ] as const) {
    await runSession({ command: recorded([python, "train.py", "--lr", lr], ["--name", name]), cwd: project });
  }
});

const open: Client[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

/** `agrees`: what the user answers when asked; absent: the client cannot ask. */
async function connect(folder: string, agrees?: "yes" | "no" | "decline"): Promise<Client> {
  const client = new Client(
    { name: "test", version: "1" },
    { capabilities: agrees === undefined ? {} : { elicitation: { form: {} } } },
  );
  if (agrees !== undefined) {
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      questions.push(params.message);
      return agrees === "decline" ? { action: "decline" } : { action: "accept", content: { start: agrees === "yes" } };
    });
  }
  const [command, ...args] = modeltrail("mcp");
  await client.connect(
    new StdioClientTransport({ command: command!, args, cwd: folder, env: baseEnvironment(folder), stderr: "inherit" }),
  );
  open.push(client);
  return client;
}

const questions: string[] = [];

type Result = { isError?: boolean; structuredContent?: unknown; content: unknown };

// biome-ignore lint/suspicious/noExplicitAny: what each tool answers is what the tests look at.
async function ask(client: Client, name: string, input: Record<string, unknown> = {}): Promise<any> {
  const result = (await client.callTool({ name, arguments: input })) as Result;
  if (result.isError) throw new Error((result.content as { text: string }[])[0]!.text);
  return result.structuredContent;
}

test("what is offered says what it may do", async () => {
  const { tools } = await (await connect(project)).listTools();
  const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name);
  expect(reading).toEqual([
    "list_runs",
    "search_runs",
    "show_run",
    "compare_runs",
    "explain_run",
    "metric_history",
    "read_log",
    "trace_file",
  ]);
  expect(tools.filter(({ annotations }) => !annotations?.readOnlyHint).map(({ name }) => name)).toEqual(["start_run"]);
  for (const { description, inputSchema } of tools) {
    expect(description!.length).toBeGreaterThan(40);
    expect(inputSchema.type).toBe("object");
  }
});

test("lists, searches, shows, compares, explains and traces; and changes nothing", async () => {
  const before = stateOf(project);
  const client = await connect(project);

  const best = await ask(client, "list_runs", { sort: "metric:accuracy", limit: 1, status: ["finished"] });
  expect(best).toMatchObject({
    total: 2,
    runs: [{ name: "first", params: { lr: "0.1" }, metrics: { accuracy: 0.9 } }],
  });
  expect(best.next).toEqual(expect.any(String));
  const second = await ask(client, "list_runs", {
    sort: "metric:accuracy",
    limit: 1,
    status: ["finished"],
    cursor: best.next,
  });
  expect(second).toMatchObject({ runs: [{ name: "second" }], next: null });

  const found = await ask(client, "search_runs", {
    filter: "(params.lr = '0.1' or params.lr = '5.0') and attributes.status = 'FAILED'",
  });
  expect(found).toMatchObject({ runs: [{ name: "bad", exitCode: 1 }], next: null });

  const shown = await ask(client, "show_run", { run: "second" });
  expect(shown).toMatchObject({ name: "second", status: "finished", environment: { python: expect.any(String) } });
  expect(shown.dataRead.items).toMatchObject([{ path: "data.csv" }]);

  const difference = await ask(client, "compare_runs", { runs: ["first", "second"] });
  expect(difference.inShort).toBe("lr 0.1→0.2");
  expect(difference.differences.map(({ part }: { part: string }) => part)).toContain("Metrics");

  const now = await ask(client, "compare_runs", { runs: ["first", "workspace"] });
  expect(now.same).toEqual(expect.arrayContaining([expect.stringContaining("data")]));

  const why = await ask(client, "explain_run", { run: "bad" });
  expect(why.lastLines.lines).toContain("lr is too high");
  expect(why.sincePrevious).toMatchObject({ run: "second", whatChanged: "lr 0.2→5.0" });
  const ranks = (await ask(client, "explain_run", { run: "second" })).ranks;
  expect(ranks).toContainEqual(expect.objectContaining({ name: "accuracy", fromTheHighest: 2, of: 2 }));

  const curve = await ask(client, "metric_history", { run: "first", metric: "loss", pieces: 10 });
  expect(curve).toMatchObject({ points: 300, sources: ["output"] });
  expect(curve.curve).toHaveLength(10);
  expect(curve.curve[0]).toMatchObject({ fromStep: 0, toStep: 29, max: 0.1, last: 0.1 / 30 });

  const log = await ask(client, "read_log", { run: "first", containing: "ACCURACY", lines: 5 });
  expect(log).toMatchObject({ lines: ["accuracy: 0.9"], earlierLeftOut: true });

  const origin = await ask(client, "trace_file", { path: "model.txt" });
  expect(origin).toMatchObject({ path: "model.txt", writtenBy: [{ name: "bad" }] });

  expect(stateOf(project)).toEqual(before);
});

/** The newest change to the store. */
function stateOf(folder: string): unknown {
  return withStore(folder, (store) => ({ revision: store.changesSince(0).revision, runs: store.listRuns({}).total }));
}

test("what cannot be answered is said in a sentence", async () => {
  const client = await connect(project);
  await expect(ask(client, "show_run", { run: "none" })).rejects.toThrow(/none/);
  await expect(ask(client, "compare_runs", { runs: ["first", "first"] })).rejects.toThrow(/same run/);
  await expect(ask(client, "search_runs", { filter: "metrics.x >" })).rejects.toThrow(/filter/i);
  await expect(ask(client, "metric_history", { run: "first", metric: "f1" })).rejects.toThrow(/It has: .*accuracy/);
  await expect(ask(client, "list_runs", { limit: 1_000 })).rejects.toThrow(/limit/);
  const empty = makeProject({ "modeltrail.yaml": "" });
  await expect(ask(await connect(empty), "list_runs")).rejects.toThrow(/No runs are recorded/);
  expect(existsSync(path.join(empty, ".modeltrail"))).toBe(false);
});

test("a run is started only after the user has agreed to the very command", async () => {
  const request = { script: "train.py", args: ["--lr", "0.3"], name: "asked" };
  const count = () => withStore(project, (store) => store.listRuns({}).total);
  const before = count();
  await expect(ask(await connect(project), "start_run", request)).rejects.toThrow();
  await expect(ask(await connect(project, "no"), "start_run", request)).rejects.toThrow(/did not agree/);
  await expect(ask(await connect(project, "decline"), "start_run", request)).rejects.toThrow(/did not agree/);
  const client = await connect(project, "yes");
  for (const script of ["../train.py", "data.csv", "missing.py"]) {
    await expect(ask(client, "start_run", { script })).rejects.toThrow(/outside|no Python script/);
  }
  expect(count()).toBe(before);

  const started = await ask(client, "start_run", request);
  expect(questions.at(-1)).toContain(JSON.stringify(["train.py", "--lr", "0.3"]).slice(1));
  await expect
    .poll(() => withStore(project, (store) => store.getRun(store.resolveRun(started.run))!), { timeout: 30_000 })
    .toMatchObject({ name: "asked", status: "finished", params: { lr: "0.3" }, metrics: { accuracy: { last: 0.7 } } });
  expect(statSync(path.join(project, "model.txt")).size).toBe(3);
});
