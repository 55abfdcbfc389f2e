import { describe, expect, test } from "vitest";
import type { MetricsSettings, OutputRule } from "../domain/projectFile";
import { createScanner } from "./outputScan";
import { compileRules, RuleError } from "./ownRules";

const one = (rule: OutputRule, line: string) => compileRules({ rules: [rule] }).match(line);

describe("a rule", () => {
  test("names its metric by text, by a group, or by both", () => {
    const line = "[val] acc -> 93.5%";
    const pattern = "\\[(?<split>\\w+)\\] (?<name>\\w+) -> (?<value>\\S+)";
    expect(one({ pattern }, line)?.values).toEqual([{ key: "acc", value: 93.5, rule: 1 }]);
    expect(one({ pattern, name: "{split}/{name}" }, line)?.values[0]?.key).toBe("val/acc");
    expect(one({ pattern, name: "accuracy" }, line)?.values[0]?.key).toBe("accuracy");
  });

  test("tells the step by a group, a field or an epoch", () => {
    const line = "round 3 of phase 2: 0.5";
    expect(one({ pattern: "round (?<step>\\d+).*: (?<value>\\S+)", name: "x" }, line)).toMatchObject({ step: 3 });
    expect(one({ pattern: "round (?<r>\\d+).*: (?<value>\\S+)", name: "x", step: "{r}00" }, line)).toMatchObject({
      step: 300,
    });
    expect(one({ pattern: "phase (?<epoch>\\d+): (?<value>\\S+)", name: "x" }, line)).toMatchObject({ epoch: 2 });
  });

  test("fits as often as it can in a line, and numbers are what programs print", () => {
    const rule = { pattern: "(?<name>\\w+)~(?<value>\\S+)" };
    expect(one(rule, "a~1e-3 b~nan c~-inf d~.5 e~x f~+Infinity")?.values).toEqual(
      Object.entries({ a: 1e-3, b: Number.NaN, c: -Infinity, d: 0.5, f: Infinity }).map(([key, value]) => ({
        key,
        value,
        rule: 1,
      })),
    );
    expect(one(rule, "e~x")).toBeUndefined();
  });

  test.each<{ settings: MetricsSettings; path: (string | number)[]; message: RegExp }>([
    {
      settings: { rules: [{ pattern: "(?<value>.", name: "x" }] },
      path: ["rules", 0, "pattern"],
      message: /missing closing \)/,
    },
    {
      settings: {
        rules: [
          { pattern: "(?<value>.)", name: "x" },
          { pattern: "(?=a)(?<value>.)", name: "x" },
        ],
      },
      path: ["rules", 1, "pattern"],
      message: /looking ahead or behind/,
    },
    {
      settings: { rules: [{ pattern: "(.)\\1", name: "x" }] },
      path: ["rules", 0, "pattern"],
      message: /back-references/,
    },
    { settings: { rules: [{ pattern: "x", name: "x" }] }, path: ["rules", 0, "pattern"], message: /\(\?<value>…\)/ },
    { settings: { rules: [{ pattern: "(?<value>.)" }] }, path: ["rules", 0], message: /no name/ },
    {
      settings: { rules: [{ pattern: "(?<value>.)", name: "x", step: "{i}" }] },
      path: ["rules", 0, "step"],
      message: /no group \(\?<i>…\) for \{i\}/,
    },
    { settings: { ignore: ["a", { line: "[" }] }, path: ["ignore", 1, "line"], message: /missing closing \]/ },
  ])("that makes no sense says where and why: $message", ({ settings, path, message }) => {
    try {
      compileRules(settings);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RuleError);
      expect((error as RuleError).path).toEqual(path);
      expect((error as RuleError).message).toMatch(message);
    }
  });

  test("takes time by the length of the line only, whatever its pattern", () => {
    // A backtracking engine would take longer than anyone lives.
    expect(one({ pattern: "(a+)+(?<value>\\d)$", name: "x" }, `${"a".repeat(4_000)}!`)).toBeUndefined();
  });
});

describe("beside the built-in rules", () => {
  function read(settings: MetricsSettings, ...lines: string[]) {
    const scanner = createScanner(false, compileRules(settings));
    const all: unknown[] = [];
    scanner.many(Buffer.from(lines.map((line) => `${line}\n`).join("")), ({ values, step, epoch }) => {
      all.push([Object.fromEntries(values.map(({ key, value }) => [key, value])), step ?? epoch]);
    });
    return all;
  }
  const arrow = { pattern: "(?<name>\\w+) -> (?<value>\\S+)" };

  test("what both find is joined, and the own rule counts", () => {
    expect(read({ rules: [arrow] }, "epoch 3: loss=0.5", "acc -> 0.9", "plain text")).toEqual([
      [{ loss: 0.5 }, 3],
      [{ acc: 0.9 }, undefined],
    ]);
    expect(read({ rules: [{ ...arrow, name: "val/{name}" }] }, "epoch 3: loss=0.5 acc -> 0.9, ü=1")).toEqual([
      [{ "val/acc": 0.9, loss: 0.5, ü: 1 }, 3],
    ]);
    const rules = [{ pattern: "loss=(?<value>\\S+) \\(raw\\) at (?<step>\\d+)", name: "loss" }];
    expect(read({ rules }, "epoch 3: loss=0.5 (raw) at 70")).toEqual([[{ loss: 0.5 }, 70]]);
  });

  test("metrics and lines can be ignored, and built-in rules left out", () => {
    const settings = { ignore: ["lr", "debug/*", { line: "^warm-?up" }] };
    expect(read(settings, "step 1: loss=0.5, lr=0.1, debug/x=3", "warmup loss=0.9")).toEqual([[{ loss: 0.5 }, 1]]);
    const gives = { pattern: "round (?<step>\\d+) gives (?<value>\\S+)", name: "score" };
    expect(read({}, "round 7 gives 0.25")).toEqual([[{ gives: 0.25 }, 7]]);
    expect(read({ rules: [gives] }, "round 7 gives 0.25")).toEqual([[{ score: 0.25 }, 7]]);
    expect(read({ rules: [arrow], builtIn: false }, "loss=0.5", "acc -> 0.9")).toEqual([[{ acc: 0.9 }, undefined]]);
  });

  test("colours, carriage returns and letters of any language are no obstacle", () => {
    const rules = [{ pattern: "précision ⇒ (?<value>\\S+)", name: "précision" }];
    expect(read({ rules }, "\x1b[32mprécision ⇒ 0.1\rprécision ⇒ 0.2\x1b[0m")).toEqual([
      [{ précision: 0.2 }, undefined],
    ]);
  });
});
