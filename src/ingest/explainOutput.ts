/** What the rules for output lines make of a log, line by line: with the same parts that read a run's output. */
import { createReadStream } from "node:fs";
import type { MetricPoint } from "../domain/run";
import { cleanLine, createLineTail } from "./outputLines";
import { createPlacer } from "./outputPoints";
import { createScanner } from "./outputScan";
import type { OwnRules } from "./ownRules";

export interface ExplainedValue {
  metric: string;
  value: number;
  step: number;
  /** The number of the own rule, from 1; null for a built-in one. */
  rule: number | null;
}

export interface ExplainedLine {
  /** From 1. */
  line: number;
  /** As a terminal shows it in the end, without colours. */
  text: string;
  values: ExplainedValue[];
}

/** Every line of the log that gives metrics, in order. Throws what the file system says. */
export async function* explainOutput(path: string, rules?: OwnRules): AsyncGenerator<ExplainedLine> {
  const scanner = createScanner(false, rules);
  const placer = createPlacer();
  let line = 0;

  function explain(raw: string): ExplainedLine | undefined {
    line += 1;
    const match = scanner.one(raw);
    if (!match) return undefined;
    const points: MetricPoint[] = [];
    placer.place(match, 0, true, points);
    const rules = match.values[Symbol.iterator]();
    const values = points.map(({ key, value, step }): ExplainedValue => {
      // In the order of the line, without those that were refused; a value may get another name.
      for (let one = rules.next(); !one.done; one = rules.next()) {
        if (key.endsWith(one.value.key)) return { metric: key, value, step, rule: one.value.rule ?? null };
      }
      return { metric: key, value, step, rule: null };
    });
    return values.length > 0 ? { line, text: cleanLine(raw), values } : undefined;
  }

  const tail = createLineTail();
  for await (const chunk of createReadStream(path, { encoding: "latin1", highWaterMark: 1 << 18 })) {
    const parts = (chunk as string).split("\n");
    for (const part of parts.slice(0, -1)) {
      const explained = explain(tail.end(part));
      if (explained) yield explained;
    }
    tail.add(parts.at(-1)!);
  }
  const last = tail.end("");
  const explained = last === "" ? undefined : explain(last);
  if (explained) yield explained;
}
