import { expect, test } from "vitest";
import { newRun } from "../../../store/testStore";
import { startTestServer } from "../testServer";

interface Page {
  metrics: { value: number | string; timestamp: number; step: number }[];
  next_page_token?: string;
}

async function withPoints(list: [step: number, time: number, value: number][]) {
  const server = await startTestServer();
  const run_id = server.store.createRun(newRun());
  server.store.tracking.log(run_id, { metrics: list.map(([step, time, value]) => ({ key: "m", step, time, value })) });
  const ask = async (more = {}) =>
    (await server.ask("GET", "/metrics/get-history", { run_id, metric_key: "m", ...more })) as unknown as Page;
  return { server, run_id, ask };
}

test("in the order of time, then step, then value; NaN and infinities as texts", async () => {
  const { ask } = await withPoints([
    [5, 30, Number.NaN],
    [1, 20, 2],
    [1, 20, 1],
    [0, 20, -Infinity],
    [9, 10, Infinity],
  ]);
  const { metrics, next_page_token } = await ask();
  expect(metrics.map(({ timestamp, step, value }) => [timestamp, step, value])).toEqual([
    [10, 9, "Infinity"],
    [20, 0, "-Infinity"],
    [20, 1, 1],
    [20, 1, 2],
    [30, 5, "NaN"],
  ]);
  expect(next_page_token).toBeUndefined();
});

test("pages give each point once, and see what came meanwhile", async () => {
  const { server, run_id, ask } = await withPoints(Array.from({ length: 10 }, (_, i) => [i, i, i / 4]));
  const steps: number[] = [];
  let page = await ask({ max_results: 4 });
  server.store.tracking.log(run_id, { metrics: [{ key: "m", step: 10, time: 10, value: 9 }] });
  for (;;) {
    steps.push(...page.metrics.map(({ step }) => step));
    if (!page.next_page_token) break;
    page = await ask({ max_results: 4, page_token: page.next_page_token });
  }
  expect(steps).toEqual(Array.from({ length: 11 }, (_, i) => i));
});

test("a long series comes whole, in pieces, and in pages of 25,000 at most", async () => {
  const count = 60_000;
  const { ask } = await withPoints(Array.from({ length: count }, (_, i) => [i, i, i]));
  const { metrics } = await ask();
  expect(metrics.length).toBe(count);
  expect(metrics.every(({ step }, place) => step === place)).toBe(true);
  expect((await ask({ max_results: 50_000 })).metrics.length).toBe(25_000);
});

test("what is not there, and what cannot be", async () => {
  const { server, run_id, ask } = await withPoints([[0, 0, 0]]);
  expect(await server.ask("GET", "/metrics/get-history", { run_id, metric_key: "none" })).toEqual({ metrics: [] });
  expect((await server.call("GET", "/metrics/get-history", { run_id: "no", metric_key: "m" })).status).toBe(404);
  await expect(ask({ max_results: 0 })).rejects.toThrow(/Invalid value 0 for parameter 'max_results'/);
  for (const page_token of ["x", Buffer.from('{"offset":-1}').toString("base64"), Buffer.from("5").toString("base64")])
    await expect(ask({ page_token })).rejects.toThrow(/Invalid page token/);
});
