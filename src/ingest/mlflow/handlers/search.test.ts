import { describe, expect, test } from "vitest";
import { newRun } from "../../../store/testStore";
import type { JsonObject } from "../json";
import { startTestServer, type TestServer } from "../testServer";

interface WireRun {
  info: { run_id: string; run_name: string };
  data: { metrics: { key: string; value: number | string }[] };
}

/** Runs a to f: see what each logs. Gives the server and the experiment's id. */
async function startWithRuns(): Promise<{ server: TestServer; experiment: string }> {
  const server = await startTestServer();
  const experiment = (await server.ask("POST", "/experiments/create", { name: "wine" })).experiment_id as string;
  const add = async (name: string, start: number, logged: JsonObject, end?: JsonObject) => {
    const asked = { experiment_id: experiment, run_name: name, user_id: `user-${name}`, start_time: start };
    const { run } = (await server.ask("POST", "/runs/create", asked)) as unknown as { run: WireRun };
    const { run_id } = run.info;
    await server.ask("POST", "/runs/log-batch", { run_id, ...logged });
    if (end) await server.ask("POST", "/runs/update", { run_id, ...end });
    return run_id;
  };
  const metric = (key: string, value: number | string, step = 0) => ({ key, value, timestamp: 1, step });
  const param = (key: string, value: string) => ({ key, value });
  await add("a", 1_000, {
    metrics: [metric("loss", 0.5), metric("loss", 0.1, 1), metric("val loss", 3)],
    params: [param("lr", "0.1"), param("net", "ResNet_50")],
    tags: [param("team", "red")],
  });
  await add("b", 2_000, { metrics: [metric("loss", 0.2)], params: [param("lr", "0.01"), param("net", "resnet*18")] });
  await add(
    "c",
    3_000,
    { metrics: [metric("loss", "NaN")], tags: [param("team", "blue")] },
    { status: "FAILED", end_time: 3_500 },
  );
  await add("d", 4_000, { metrics: [metric("loss", "Infinity")] }, { status: "FINISHED", end_time: 4_200 });
  await add("e", 5_000, { params: [param("lr", "1")] });
  const dataset = { name: "train", digest: "abc", source_type: "local", source: "x" };
  const f = await add("f", 5_000, {});
  await server.ask("POST", "/runs/log-inputs", {
    run_id: f,
    datasets: [{ dataset, tags: [{ key: "mlflow.data.context", value: "training" }] }],
  });
  return { server, experiment };
}

/** Names of the runs found, sorted, or in order when `order_by` is given. */
async function find(
  { server, experiment }: Awaited<ReturnType<typeof startWithRuns>>,
  filter: string,
  more: JsonObject = {},
) {
  const { runs } = await server.ask("POST", "/runs/search", { experiment_ids: [experiment], filter, ...more });
  const names = (runs as WireRun[]).map(({ info }) => info.run_name);
  return (more.order_by ? names : names.sort()).join("");
}

describe("runs are found", () => {
  test("by each kind of filter", async () => {
    const runs = await startWithRuns();
    const found: [string, string][] = [
      ["", "abcdef"],
      ["metrics.loss < 0.15", "a"],
      ["metrics.loss > 0", "abd"],
      // NaN differs from every number, and is in no other relation to one.
      ["metrics.loss != 0.2", "acd"],
      ["metrics.loss = 0", ""],
      ["metrics.`val loss` >= 3", "a"],
      ["metrics.nothing != 1", ""],
      ["params.lr = '0.1'", "a"],
      ["params.lr != '0.1'", "be"],
      ["params.net LIKE 'ResNet%'", "a"],
      ["params.net LIKE 'resnet*%'", "b"],
      ["params.net LIKE 'ResNet_50'", "a"],
      ["params.net ILIKE 'resnet%'", "ab"],
      ["params.lr IS NULL", "cdf"],
      ["params.lr IS NOT NULL and metrics.loss > 0", "ab"],
      ["tags.team = 'red'", "a"],
      ["tags.team IS NULL", "bdef"],
      ["tags.`mlflow.runName` = 'b'", "b"],
      ["tags.`mlflow.note.content` IS NULL", "abcdef"],
      ["run_name LIKE '%'", "abcdef"],
      ["attributes.`Run Name` != 'a'", "bcdef"],
      ["user_id = 'user-c'", "c"],
      ["status = 'FAILED'", "c"],
      ["status != 'RUNNING'", "cd"],
      ["start_time >= 4000 and start_time < 5000", "d"],
      ["end_time > 0", "cd"],
      ["end_time != 3500", "d"],
      ["artifact_uri LIKE 'file:///%/artifacts'", "abcdef"],
      ["dataset.name = 'train' and dataset.digest LIKE 'a%'", "f"],
      ["dataset.context IN ('training')", "f"],
      ["datasets.name != 'train'", ""],
      ["run_id NOT IN ('x')", "abcdef"],
      ["run_id IN ('x')", ""],
    ];
    for (const [filter, names] of found) expect([filter, await find(runs, filter)]).toEqual([filter, names]);
  });

  test("in the order asked for, NaN after numbers and what is missing last", async () => {
    const runs = await startWithRuns();
    const order = (...order_by: string[]) => find(runs, "", { order_by });
    // e and f began at the same time, and come by their ids.
    const [ef] = [await order("start_time DESC")].map((names) => names.slice(0, 2));
    expect(["ef", "fe"]).toContain(ef);
    expect(await order("start_time")).toBe(`abcd${ef}`);
    expect(await order("metrics.loss")).toBe(`abdc${ef}`);
    expect(await order("metrics.loss DESC")).toBe(`dbac${ef}`);
    expect(await order("params.lr DESC")).toBe(`eab${"fdc"}`);
    expect(await order("end_time")).toBe(`cd${ef}ba`);
    expect(await order("tags.team", "run_name DESC")).toBe("cafedb");
    expect(await order("status", "metrics.`val loss` DESC", "run_name")).toBe("cdabef");
  });

  test("page by page, in any order, without one twice or left out", async () => {
    const runs = await startWithRuns();
    for (const order_by of [
      [],
      ["metrics.loss"],
      ["metrics.loss DESC", "params.lr"],
      ["tags.team"],
      ["end_time DESC"],
    ]) {
      const everything = await find(runs, "", { order_by: [...order_by, "run_id"] });
      // With a filter on another table rows are put in order before it is looked at.
      for (const filter of ["", "params.lr IS NULL", "metrics.loss > 0"]) {
        const found = await find(runs, filter);
        const whole = [...everything].filter((name) => found.includes(name)).join("");
        let paged = "";
        let page_token = "";
        do {
          const { runs: page, next_page_token } = await runs.server.ask("POST", "/runs/search", {
            experiment_ids: [runs.experiment],
            filter,
            order_by: [...order_by, "run_id"],
            max_results: 1,
            page_token,
          });
          paged += (page as WireRun[]).map(({ info }) => info.run_name).join("");
          page_token = (next_page_token as string | undefined) ?? "";
        } while (page_token);
        expect([order_by, filter, paged]).toEqual([order_by, filter, whole]);
      }
    }
  });

  test("with what they logged, as they are found one by one", async () => {
    const { server, experiment } = await startWithRuns();
    const { runs } = await server.ask("POST", "/runs/search", { experiment_ids: [experiment] });
    expect(runs).toHaveLength(6);
    for (const run of runs as WireRun[]) {
      expect((await server.ask("GET", "/runs/get", { run_id: run.info.run_id })).run).toEqual(run);
    }
  });

  test("in the experiments asked for, deleted ones when they are wanted", async () => {
    const runs = await startWithRuns();
    const { server, experiment } = runs;
    expect((await server.ask("POST", "/runs/search", { experiment_ids: ["0"] })).runs).toEqual([]);
    expect((await server.ask("POST", "/runs/search", {})).runs).toEqual([]);
    const { runs: all } = await server.ask("POST", "/runs/search", {
      experiment_ids: [experiment],
      filter: "status = 'FAILED'",
    });
    await server.ask("POST", "/runs/delete", { run_id: (all as WireRun[])[0]!.info.run_id });
    expect(await find(runs, "")).toBe("abdef");
    expect(await find(runs, "", { run_view_type: "DELETED_ONLY" })).toBe("c");
    expect(await find(runs, "", { run_view_type: "ALL" })).toBe("abcdef");
  });

  test("that no client asked for, with all that is known of them", async () => {
    const server = await startTestServer();
    const id = server.store.createRun(newRun({ experiment: "wine" }));
    server.store.ingest(id, {
      points: [{ source: "output", points: [{ key: "loss", step: 1, time: 1, value: 0.5 }] }],
    });
    const { experiment } = await server.ask("GET", "/experiments/get-by-name", { experiment_name: "wine" });
    const experiment_ids = [(experiment as { experiment_id: string }).experiment_id];
    const { runs } = await server.ask("POST", "/runs/search", { experiment_ids, filter: "metrics.loss < 1" });
    expect((runs as WireRun[]).map(({ info }) => info.run_id)).toEqual([id]);
  });
});

test("searches that cannot be understood are refused in MLflow's words", async () => {
  const server = await startTestServer();
  const refused = async (message: JsonObject) => {
    const { status, body } = await server.call("POST", "/runs/search", { experiment_ids: ["0"], ...message });
    return [status, body.error_code, body.message];
  };
  const code = "INVALID_PARAMETER_VALUE";
  expect(await refused({ filter: "metrics.a > 1 or metrics.b > 2" })).toEqual([
    400,
    code,
    "Invalid clause(s) in filter string: 'or'",
  ]);
  expect((await refused({ order_by: ["metrics.a upward"] }))[2]).toBe(
    "Invalid ordering key in order_by clause 'metrics.a upward'.",
  );
  expect((await refused({ page_token: "x" })).slice(0, 2)).toEqual([400, code]);
  expect((await refused({ max_results: 50_001 })).slice(0, 2)).toEqual([400, code]);
  expect((await refused({ max_results: 0 })).slice(0, 2)).toEqual([400, code]);
  const many = Array(2_000).fill("metrics.a > 1").join(" and ");
  expect((await refused({ filter: many })).slice(0, 2)).toEqual([400, code]);
  expect((await refused({ filter: `params.a LIKE '${"%a".repeat(20_000)}'` })).slice(0, 2)).toEqual([400, code]);
  expect((await refused({ filter: "params.a = 'x' and".repeat(10_000) })).slice(0, 2)).toEqual([400, code]);
});

describe("experiments", () => {
  let server: TestServer;

  test("are found by name, tag and time", async () => {
    server = await startTestServer();
    for (const name of ["wine", "Wine 2", "beer"]) {
      const tags = name === "beer" ? [] : [{ key: "team", value: name }];
      await server.ask("POST", "/experiments/create", { name, tags });
    }
    const names = async (message: JsonObject, method = "POST") => {
      const { experiments } = await server.ask(method, "/experiments/search", { max_results: 10, ...message });
      return (experiments as { name: string }[]).map(({ name }) => name);
    };
    expect((await names({})).sort()).toEqual(["Default", "Wine 2", "beer", "wine"]);
    expect(await names({ filter: "name LIKE 'wine%'" })).toEqual(["wine"]);
    expect(await names({ filter: "name ILIKE 'wine%'", order_by: ["name DESC"] })).toEqual(["wine", "Wine 2"]);
    expect(await names({ filter: "tags.team = 'wine'" }, "GET")).toEqual(["wine"]);
    expect(await names({ filter: "tags.team IS NULL", order_by: ["name"] })).toEqual(["Default", "beer"]);
    expect(await names({ filter: "creation_time > 0 and name != 'Default'", order_by: ["experiment_id"] })).toEqual([
      "wine",
      "Wine 2",
      "beer",
    ]);
    expect(await names({ filter: "experiment_id IN ('0', '3')", order_by: ["experiment_id DESC"] })).toEqual([
      "beer",
      "Default",
    ]);
    const { experiments } = await server.ask("GET", "/experiments/search", {
      max_results: 10,
      filter: "name = 'beer'",
    });
    await server.ask("POST", "/experiments/delete", {
      experiment_id: (experiments as { experiment_id: string }[])[0]!.experiment_id,
    });
    expect(await names({ view_type: "DELETED_ONLY" })).toEqual(["beer"]);
  });

  test("come in pages", async () => {
    server = await startTestServer();
    for (const name of ["a", "b", "c"]) await server.ask("POST", "/experiments/create", { name });
    const first = await server.ask("POST", "/experiments/search", { max_results: 3, order_by: ["name"] });
    const page_token = first.next_page_token;
    const second = await server.ask("POST", "/experiments/search", { max_results: 3, order_by: ["name"], page_token });
    const names = [first, second].flatMap(({ experiments }) =>
      (experiments as { name: string }[]).map(({ name }) => name),
    );
    expect(names).toEqual(["Default", "a", "b", "c"]);
    expect(second.next_page_token).toBeUndefined();
  });
});

test("a metric of several runs is thinned out evenly", async () => {
  const server = await startTestServer();
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { run } = (await server.ask("POST", "/runs/create", { experiment_id: "0" })) as unknown as { run: WireRun };
    ids.push(run.info.run_id);
    const metrics = Array.from({ length: 100 }, (_, step) => ({
      key: "loss",
      value: step * 2 + i,
      timestamp: 5,
      step,
    }));
    await server.ask("POST", "/runs/log-batch", { run_id: run.info.run_id, metrics });
  }
  const ask = (message: JsonObject) =>
    server.ask("GET", "/metrics/get-history-bulk-interval", { run_ids: ids, metric_key: "loss", ...message });
  const values = async (message: JsonObject) => {
    const { metrics } = await ask(message);
    return (metrics as { run_id: string; step: number; value: number }[]).map(({ run_id, step, value }) => [
      ids.indexOf(run_id),
      step,
      value,
    ]);
  };
  expect(await values({ max_results: 3 })).toEqual([
    [0, 0, 0],
    [0, 50, 100],
    [0, 99, 198],
    [1, 0, 1],
    [1, 50, 101],
    [1, 99, 199],
  ]);
  expect(await values({ max_results: 1, start_step: 10, end_step: 12 })).toEqual([
    [0, 12, 24],
    [1, 12, 25],
  ]);
  expect((await ask({})).metrics).toHaveLength(200);
  const { status } = await server.call("GET", "/metrics/get-history-bulk-interval", {
    run_ids: ids,
    metric_key: "loss",
    start_step: 1,
  });
  expect(status).toBe(400);
});
