import { expect, test } from "vitest";
import type { RunSummary } from "../../domain/run";
import type { FileRun } from "../../store/fileRuns/contract";
import { describeUse, HistoryModel, type ReadHistory } from "./historyModel";

const use = (id: number, ...roles: FileRun["roles"]) => ({ id: String(id), roles }) as FileRun;

/** As the worker answers for a file with so many runs. */
const historyOf =
  (count: number): ReadHistory =>
  async (_, { page }) => {
    const from = Number(page.cursor ?? 0);
    const end = Math.min(count, from + page.limit!);
    const uses = Array.from({ length: end - from }, (_, index) => use(from + index, "script"));
    const runs = uses.map(({ id }) => ({ id }) as RunSummary);
    return { uses, runs, next: end < count ? String(end) : null, total: count };
  };

test("runs are listed page by page, and the last element says how many are left", async () => {
  const model = new HistoryModel(historyOf(120), "/p", "/p/train.py");
  const shown = async () => (await model.nodes()).map((node) => (node.kind === "run" ? node.run.id : node.left));
  expect(await shown()).toEqual([...Array.from({ length: 50 }, (_, id) => String(id)), 70]);
  model.loadMore();
  expect((await shown()).slice(-2)).toEqual(["99", 20]);
  model.loadMore();
  expect((await shown()).length).toBe(120);
});

test("a file without runs has none", async () => {
  expect(await new HistoryModel(historyOf(0), "/p", "/p/x.py").nodes()).toEqual([]);
});

test("elements have ids of their own", async () => {
  const nodes = await new HistoryModel(historyOf(60), "/p", "/p/x.py").nodes();
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
});

test("how a run used the file is said in words, each once", () => {
  expect(describeUse(use(1, "read", "write", "artifact"))).toBe("read it, wrote it");
  expect(describeUse(use(1, "source"))).toBe("imported it");
});
