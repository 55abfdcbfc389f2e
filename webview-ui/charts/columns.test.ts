import { describe, expect, test } from "vitest";
import type { ChartRun } from "../../src/protocol/charts";
import { matching } from "./ColumnPicker";
import { choicesOf, columnFor, paramsByVariety } from "./columns";
import { runTable } from "./exportTable";
import { axisFor, exactValue, showValue, suitsLog } from "./valueAxis";

const run = (id: string, params: Record<string, string>, part: Partial<ChartRun> = {}): ChartRun => {
  return { id, name: id, status: "finished", experiment: "e", startTime: 0, duration: null, params, tags: {}, ...part };
};
const runs = [
  run("a", { lr: "1e-3", optimizer: "sgd", seed: "1", constructor: "x" }, { tags: { team: "b" }, duration: 2_000 }),
  run("b", { lr: "nan", optimizer: "adam", seed: "1" }, { tags: { team: "a" } }),
  run("c", { lr: "0.1", seed: "1" }),
];
const metrics = [{ key: "loss", runs: 3 }];
const column = (id: string) => columnFor(id, runs, undefined)!;

describe("columns", () => {
  test("params that are numbers are numbers, whatever stands for none; all else are words", () => {
    expect([column("param:lr").kind, column("param:seed").kind]).toEqual(["number", "count"]);
    expect([column("param:lr").words, [...column("param:lr").values]]).toEqual([null, [0.001, Number.NaN, 0.1]]);
    expect(column("param:optimizer")).toMatchObject({ words: ["adam", "sgd"] });
    expect([...column("param:optimizer").values]).toEqual([1, 0, Number.NaN]);
    expect([...column("run:duration").values]).toEqual([2_000, Number.NaN, Number.NaN]);
    expect([...column("param:constructor").values]).toEqual([0, Number.NaN, Number.NaN]);
    expect([...column("param:toString").values]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(columnFor("nonsense", runs, undefined)).toBeNull();
    expect(columnFor("metric:loss", runs, Float64Array.of(1, 2, 3))).toMatchObject({ label: "loss", words: null });
  });

  test("can be chosen by parts of their names, what differs before what does not", () => {
    const choices = choicesOf({ runs, metrics });
    expect(choices.map(({ value }) => value).slice(0, 6)).toEqual([
      ...["metric:loss", "param:constructor", "param:lr", "param:optimizer", "tag:team", "param:seed"],
    ]);
    expect(matching(choices, "great LOSS").map(({ value }) => value)).toEqual(["metric@max:loss"]);
    expect(paramsByVariety(runs)).toEqual(["param:lr", "param:optimizer", "param:constructor"]);
  });

  test("read as people do, and to every digit when they are saved", () => {
    expect(showValue(column("param:optimizer"), 1)).toBe("sgd");
    expect([showValue(column("run:duration"), 65_000), exactValue(column("run:duration"), 65_000)]).toEqual([
      "1 min 05 s",
      "65",
    ]);
    expect(exactValue(column("run:startTime"), 0)).toBe("1970-01-01T00:00:00.000Z");
    expect(runTable([run("x", {}, { name: "=1+1" })], [0], [column("param:lr")]).rows).toEqual([
      ["'=1+1", "x", "0.001"],
    ]);
  });
});

describe("axes", () => {
  test("are of the rows that show, with words side by side", () => {
    expect(axisFor(column("param:lr"), [0, 1], false)).toMatchObject({ range: { from: 0.0009, to: 0.0011 } });
    expect(axisFor(column("param:lr"), [1], false)).toBeNull();
    const words = axisFor(column("param:optimizer"), [0], true);
    expect(words).toMatchObject({ log: false, words: ["adam", "sgd"], range: { from: -0.5, to: 1.5 } });
  });

  test("are logarithmic where values lie decades apart", () => {
    expect(suitsLog(column("param:lr"))).toBe(true);
    expect([suitsLog(column("param:seed")), suitsLog(column("param:optimizer"))]).toEqual([false, false]);
    expect(suitsLog({ ...column("param:lr"), values: Float64Array.of(-1, 0.001, 100) })).toBe(false);
  });
});
