import { expect, test } from "vitest";
import type { MetricPoint } from "../../domain/run";
import { seededRandom } from "./statistics/random";
import { testProject } from "./testGates";

const points = (key: string, values: readonly number[]): MetricPoint[] =>
  values.map((value, step) => ({ key, value, step, time: step }));

/** Rows with the right class, and `x`, which says it. */
function rowsFile(count: number): string {
  const random = seededRandom(7);
  const rows = Array.from({ length: count }, (_, at) => {
    const kind = at % 2;
    return `${(kind + random() * 0.8).toFixed(3)},${at % 3 === 0 ? "a" : "b"},${kind}`;
  });
  return `x,site,kind\n${rows.join("\n")}\n`;
}

const EVALUATION = "evaluation: { file: rows.csv, label: kind, group: site }\n";
/** Right in all rows but those whose place `isWrong` names. */
const classifier =
  (isWrong: (at: number) => boolean) =>
  ({ x }: Record<string, readonly unknown[]>) =>
    x!.map((value, at) => Number(Number(value) >= 1 !== isWrong(at)));
const right = classifier(() => false);

test("gates of a step and a model are run in order, and what they find is kept", async () => {
  const project = testProject(`gates:
  accurate: { kind: metric, metric: accuracy, min: 0.9 }
  lean: { kind: size, model: 1MB, before: [deploy] }
  other: { kind: metric, metric: accuracy, min: 2, models: ["beer*"] }
`);
  const version = project.version(right, { points: points("accuracy", [0.5, 0.95]) });
  const found = await project.run(version, { step: "promote" });
  expect(found).toMatchObject([
    { gate: "accurate", verdict: "passed", step: "promote", summary: "accuracy is 0.95, at least 0.9" },
  ]);
  const told: string[] = [];
  const more = await project.run(version, { step: "deploy", onResult: ({ gate }) => told.push(gate) });
  expect(more.map(({ verdict }) => verdict)).toEqual(["passed", "failed"]);
  expect(more[1]!.summary).toBe("the model takes 1.5 MB, at most 1.0 MB is allowed");
  expect(told).toEqual(["accurate", "lean"]);
  expect(project.store.gates.ofVersion("wine", 1)).toHaveLength(3);
  await expect(project.run(version, { names: ["fast"] })).rejects.toThrow(
    'There is no gate "fast": modeltrail.yaml names accurate, lean, other.',
  );
  expect(await project.run(version, { names: ["other"] })).toMatchObject([{ verdict: "failed" }]);
});

test("a metric that is not there, or a version without a run, is an error that says what there is", async () => {
  const project = testProject("gates: { accurate: { kind: metric, metric: accuracy, max: 0.1, take: best } }");
  const without = project.version(right, { points: points("loss", [1]) });
  const [one] = await project.run(without);
  expect(one).toMatchObject({ verdict: "error" });
  expect(one!.summary).toMatch(/has no metric "accuracy": it has loss$/);
  const [other] = await project.run(project.version(right));
  expect(other!.summary).toMatch(/It is not known which run made version 2 of wine/);
  const best = project.version(right, { points: points("accuracy", [0.05, 0.5]) });
  expect(await project.run(best)).toMatchObject([{ verdict: "passed", detail: { value: 0.05 } }]);
});

test("finite finds the step of a NaN that lies in the middle, params and predictions", async () => {
  const project = testProject(`${EVALUATION}gates: { sound: { kind: finite } }`);
  project.write("rows.csv", rowsFile(40));
  const run = { points: points("loss", [1, Number.NaN, 0.5]), params: { lr: "nan", seed: "1" } };
  const bad = project.version(({ x }) => x!.map((_, at) => (at < 2 ? null : 1)), run);
  const [found] = await project.run(bad);
  expect(found).toMatchObject({ verdict: "failed" });
  expect(found!.summary).toBe(
    "loss is NaN at step 1; the param lr is nan; 2 of 40 predictions are missing, NaN or infinite",
  );
  const good = project.version(right, { points: points("loss", [1, 0.5]) });
  expect(await project.run(good)).toMatchObject([{ verdict: "passed" }]);
});

test("convergence tells a training that settled from one that did not, rose again, or broke", async () => {
  const project = testProject("gates: { learned: { kind: convergence } }");
  const series = (value: (at: number) => number) => Array.from({ length: 100 }, (_, at) => value(at));
  const verdictOf = async (values: number[]) => {
    const [found] = await project.run(project.version(right, { points: points("train_loss", values) }));
    return `${found!.verdict}: ${found!.summary}`;
  };
  expect(await verdictOf(series((at) => 0.1 + Math.exp(-at / 15)))).toMatch(/^passed: train_loss went from 0\.84/);
  expect(await verdictOf(series(() => 1))).toMatch(/^failed: .*0% better, at least 1% is asked for/);
  expect(await verdictOf(series((at) => 1 - at / 100))).toMatch(/^failed: train_loss is still getting better/);
  expect(await verdictOf(series((at) => (at - 50) ** 2 / 2500))).toMatch(/^failed: train_loss rose from its best/);
  expect(await verdictOf([1, 0.5, Number.NaN, 0.1, 0.1])).toBe("failed: train_loss is NaN at step 2");
  expect(await verdictOf([1, 0.5])).toMatch(/^error: train_loss has 2 of the at least 5 points/);
});

test("a worse version is stopped by the rows, where two averages would let it pass", async () => {
  // The challenger's own run measured 0.99 on easy rows; on the same rows it is wrong where the champion is right.
  const project = testProject(`${EVALUATION}gates:
  better: { kind: metric, metric: accuracy, min: 0.95 }
  champion: { kind: champion }
`);
  project.write("rows.csv", rowsFile(1_000));
  const champion = project.version(classifier((at) => at % 40 === 0));
  const worse = project.version(
    classifier((at) => at % 40 === 0 || at % 90 === 1),
    { points: points("accuracy", [0.99]) },
  );
  const [, first] = await project.run(champion);
  expect(first).toMatchObject({ verdict: "skipped", summary: "No version of wine is champion yet" });
  project.store.registry.setAlias("wine", "champion", champion.version);
  const [average, found] = await project.run(worse);
  expect(average!.verdict).toBe("passed");
  expect(found).toMatchObject({ verdict: "failed", detail: { test: "mcnemar", onlyFirst: 12, onlySecond: 0 } });
  expect(found!.summary).toMatch(
    /^Worse than the champion: accuracy 96\.3% against 97\.5% of version 1 on the same 1000 rows; 12/,
  );
  // Unpaired, the same figures could be chance: 963 and 975 of 1000 have overlapping intervals.
  const better = project.version(classifier((at) => at % 80 === 0));
  expect((await project.run(better))[1]).toMatchObject({ verdict: "passed" });
  const alike = project.version(classifier((at) => at % 40 === 0));
  expect((await project.run(alike))[1]!.summary).toMatch(/^Not to be told from the champion: .*they differ on 0 rows/);
  expect((await project.run(champion))[1]!.summary).toBe("Version 1 is champion itself");
});

test("with a margin it has to be shown not to be worse than that; each model is asked once", async () => {
  const project = testProject(`${EVALUATION}gates:
  champion: { kind: champion, metric: accuracy, margin: 0.02 }
  sound: { kind: finite, predictions: true }
`);
  project.write("rows.csv", rowsFile(400));
  const champion = project.version(right);
  project.store.registry.setAlias("wine", "champion", champion.version);
  const nearly = project.version(classifier((at) => at % 200 === 0));
  const [near] = await project.run(nearly);
  expect(near).toMatchObject({ verdict: "passed", detail: { test: "bootstrap", value: 0.995, champion: 1 } });
  expect(project.asked).toEqual({ opened: 2, tables: 2, closed: 2 });
  const [far] = await project.run(project.version(classifier((at) => at % 40 === 0)));
  expect(far).toMatchObject({ verdict: "failed" });
  expect(far!.summary).toMatch(/^Not shown to be as good as the champion: accuracy 0\.975 against 1/);
  // The same again is the same.
  expect((await project.run(nearly))[0]!.detail).toEqual(near!.detail);
});

test("numbers are compared by their errors; too few rows, and answers of another kind, are errors", async () => {
  const project = testProject(`evaluation: { file: rows.csv, label: y }
gates: { champion: { kind: champion } }`);
  const rows = (count: number) => `x,y\n${Array.from({ length: count }, (_, at) => `${at},${at + 0.5}`).join("\n")}\n`;
  project.write("rows.csv", rows(200));
  const plus = (by: (at: number) => number) => (columns: Record<string, readonly unknown[]>) =>
    columns.x!.map((x, at) => Number(x) + 0.5 + by(at));
  const champion = project.version(plus((at) => Math.sin(at)));
  project.store.registry.setAlias("wine", "champion", champion.version);
  expect(await project.run(project.version(plus((at) => 2 * Math.sin(at))))).toMatchObject([
    { verdict: "failed", detail: { metric: "mse", test: "bootstrap" } },
  ]);
  expect(await project.run(project.version(plus((at) => Math.sin(at + 1))))).toMatchObject([{ verdict: "passed" }]);
  const [texts] = await project.run(project.version(({ x }) => x!.map(() => "big")));
  expect(texts!.summary).toBe('The model answers "big", which is no number');
  project.write("rows.csv", rows(12));
  const [few] = await project.run(project.version(plus(() => 0)));
  expect(few).toMatchObject({ verdict: "error" });
  expect(few!.summary).toMatch(/has 12 rows, too few to compare by: at least 30/);
});

test("a column that the settings name and the file has not is named with those that it has", async () => {
  const project = testProject(`evaluation: { file: rows.csv, label: class }
gates: { champion: { kind: champion }, sound: { kind: finite, evaluation: { features: [x, z] } } }`);
  project.write("rows.csv", rowsFile(40));
  project.store.registry.setAlias("wine", "champion", project.version(right).version);
  const [label, features] = await project.run(project.version(right));
  expect(label!.summary).toBe('rows.csv has no column "class": it has "x", "site", "kind"');
  expect(features!.summary).toBe('rows.csv lacks a column that the model takes: "z"');
});

test("fairness names the groups that are furthest apart, with intervals", async () => {
  const project = testProject(`${EVALUATION}gates:
  fair: { kind: fairness, parityDifference: 0.1, oddsDifference: 0.1 }
`);
  project.write("rows.csv", rowsFile(600));
  const [fair] = await project.run(project.version(right));
  expect(fair).toMatchObject({
    verdict: "passed",
    detail: { positive: "1", value: { parityDifference: 0, oddsDifference: 0 } },
  });
  const unfair = project.version(({ x, site }) => {
    expect(site).toBeUndefined();
    return x!.map((value, at) => Number(Number(value) >= 1 && at % 3 !== 0));
  });
  const [found] = await project.run(unfair);
  expect(found).toMatchObject({ verdict: "failed", detail: { value: { parityDifference: 0.5, oddsDifference: 1 } } });
  expect(found!.summary).toMatch(
    /demographic parity difference 0\.5 \(between .*yes 0% for a, 50% for b; equalised odds/,
  );
});

test("robustness moves fractions by their deviation, the same way each time", async () => {
  const project = testProject(`${EVALUATION}gates: { steady: { kind: robustness, change: 0.05 } }`);
  project.write("rows.csv", rowsFile(300));
  const steady = project.version(({ x }) => x!.map((value) => Number(Number(value) >= 0.9)));
  const [found] = await project.run(steady);
  expect(found).toMatchObject({ verdict: "passed", detail: { columns: ["x"] } });
  expect((await project.run(steady))[0]!.detail).toEqual(found!.detail);
  const nervous = project.version(({ x }) => x!.map((value) => Math.round(Number(value) * 1_000) % 2));
  expect((await project.run(nervous))[0]!.summary).toMatch(
    /^\d+(\.\d)?% of the predictions become another class when 1 columns/,
  );
  expect((await project.run(nervous))[0]!.verdict).toBe("failed");
});

test("latency is judged by its limits, and needs something to ask", async () => {
  const gates = "gates: { quick: { kind: latency, p50: 2, p99: 0.0015, requests: 200 } }";
  const project = testProject(EVALUATION + gates);
  project.write("rows.csv", rowsFile(40));
  const [found] = await project.run(project.version(right));
  expect(found).toMatchObject({ verdict: "failed", summary: "p99 is 1.98 ms, at most 1.5 ms is allowed" });
  const [error] = await testProjectWithoutRows(gates);
  expect(error!.summary).toMatch(/There is nothing to ask the model/);
});

async function testProjectWithoutRows(gates: string) {
  const project = testProject(gates);
  return await project.run(project.version(right));
}

test("data is judged by its rows, its columns and what they hold", async () => {
  const project = testProject(`gates:
  data:
    kind: data
    file: rows.csv
    rows: { min: 5, max: 10 }
    duplicates: 0
    only: true
    columns:
      id: { type: integer, unique: true }
      x: { type: number, min: 0, max: 1, missing: 0.2 }
      kind: { values: [a, b] }
`);
  const version = project.version(right);
  project.write("rows.csv", "id,x,kind\n1,0.5,a\n2,,b\n3,1,a\n4,0,a\n5,0.1,b\n");
  expect(await project.run(version)).toMatchObject([
    { verdict: "passed", summary: "rows.csv has 5 rows, and 3 columns as they should be" },
  ]);
  project.write("rows.csv", "id,x,kind,more\n1,0.5,a,1\n1,0.5,a,1\n2,,c,1\n3,7,,1\n");
  const [found] = await project.run(version);
  expect(found!.detail.complaints).toEqual([
    "4 rows are fewer than 5",
    "1 rows (25%) repeat earlier ones, at most 0% may",
    "id holds 1 values twice",
    "x goes up to 7, above 1",
    "x is missing in 1 rows (25%), at most 20% may",
    "kind is missing in 1 rows (25%), at most 0% may",
    "kind holds c, which is none of its values",
    "there should be no columns more",
  ]);
  project.write("rows.csv", "x\n1\n");
  expect((await project.run(version))[0]!.summary).toMatch(/the column id is missing/);
});

test("without gates nothing is asked for; a modeltrail.yaml that is wrong says where", async () => {
  const project = testProject("");
  const version = project.version(right);
  expect(await project.run(version)).toEqual([]);
  project.write("modeltrail.yaml", "gates: { a: { kind: metric, metric: x } }");
  await expect(project.run(version)).rejects.toThrow(
    "modeltrail.yaml is not right: gates.a (line 1) says neither `min` nor `max`",
  );
  project.write("modeltrail.yaml", "gates: { a: { kind: magic } }");
  await expect(project.run(version)).rejects.toThrow(/gates\.a\.kind \(line 1\) has to be one of metric, champion/);
});

test("when it is interrupted it ends at once, keeps what was found, and leaves no process", async () => {
  const project = testProject(`${EVALUATION}gates:
  accurate: { kind: metric, metric: accuracy, min: 0 }
  sound: { kind: finite, predictions: true }
  steady: { kind: robustness }
`);
  project.write("rows.csv", rowsFile(40));
  const controller = new AbortController();
  const version = project.version(
    (columns) => {
      controller.abort(new Error("Interrupted."));
      return right(columns);
    },
    { points: points("accuracy", [1]) },
  );
  await expect(project.run(version, { signal: controller.signal })).rejects.toThrow("Interrupted.");
  expect(project.store.gates.ofVersion("wine", 1).map(({ gate }) => gate)).toEqual(["accurate"]);
  expect(project.asked).toMatchObject({ opened: 1, closed: 1 });
});

test("of a larger file as many rows are drawn as are asked for, the same ones each time", async () => {
  const project = testProject(
    "evaluation: { file: rows.csv, label: kind, rows: 50 }\ngates: { sound: { kind: finite, predictions: true } }",
  );
  project.write("rows.csv", rowsFile(500));
  const asked: unknown[] = [];
  const version = project.version((columns) => {
    asked.push(columns.x);
    return right(columns);
  });
  const [found] = await project.run(version);
  await project.run(version);
  expect(found!.summary).toBe("All of 50 predictions are finite");
  expect(asked[0]).toHaveLength(50);
  expect(asked[1]).toEqual(asked[0]);
});

test("columns with any text in them are text, whole and as it stands; missing values stay missing", async () => {
  const long = "x".repeat(500);
  const project = testProject(
    "evaluation: { file: rows.csv, features: [code, name, n, yes] }\ngates: { sound: { kind: finite, predictions: true } }",
  );
  project.write("rows.csv", `code,name,n,yes\n1,${long},1.5,true\n1e5,b,,false\nz,NaN,3,true\n`);
  let given: unknown;
  await project.run(
    project.version((columns) => {
      given = { ...columns };
      return [1, 2, 3];
    }),
  );
  expect(given).toEqual({
    code: ["1", "1e5", "z"],
    name: [long, "b", null],
    n: [1.5, null, 3],
    yes: [true, false, true],
  });
});
