import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { pathAt, placeOf } from "./cursor";
import type { JsonSchema } from "./schema";
import { explanationAt, suggestionsAt } from "./suggestions";

const target = (kind: string, more: Record<string, JsonSchema>): JsonSchema => ({
  type: "object",
  properties: { kind: { type: "string", const: kind }, slots: { $ref: "#/$defs/slots" }, ...more },
  required: ["kind"],
  additionalProperties: false,
});
const schema: JsonSchema = {
  $defs: { slots: { type: "integer", description: "Jobs at the same time.", default: 1 } },
  type: "object",
  properties: {
    data: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }] },
    mlflow: { type: "object", properties: { autolog: { type: "boolean" } } },
    entries: { type: "object", additionalProperties: { type: "object", properties: { target: { type: "string" } } } },
    targets: {
      description: "Places to run.",
      anyOf: [
        {
          type: "object",
          additionalProperties: {
            oneOf: [
              target("ssh", { host: { type: "string", description: "As `ssh` knows it." } }),
              target("slurm", { partition: { type: "string", examples: ["gpu"] } }),
            ],
          },
        },
        { type: "null" },
      ],
    },
  },
  additionalProperties: false,
};

/** The text's `|` is the cursor. */
function at(text: string): [string, number] {
  const offset = text.indexOf("|");
  return [text.replace("|", ""), offset];
}
const labels = (text: string) => suggestionsAt(...at(text), schema).map(({ label }) => label);

describe("what may be written", () => {
  test.each([
    ["|", ["data", "mlflow", "entries", "targets"]],
    ["data: []\nta|", ["mlflow", "entries", "targets"]],
    ["targets:\n  gpu:\n    |", ["kind", "slots", "host", "partition"]],
    ["targets:\n  gpu:\n    kind: slurm\n    |", ["slots", "partition"]],
    ["targets:\n  gpu:\n    |\n    kind: slurm\n", ["slots", "partition"]],
    ["targets:\n  gpu:\n    kind: s|\n", ["ssh", "slurm"]],
    ["targets:\n  gpu:\n    kind: |odd\n", ["ssh", "slurm"]],
    ["targets:\n  gpu: {kind: ssh, h|}\n", ["slots", "host"]],
    ["targets:\n  gpu: {kind: slurm, partition: |}\n", ["gpu"]],
    ["mlflow:\n  autolog: |", ["true", "false"]],
    ["targets:\n  gpu: {kind: ssh}\nentries:\n  train:\n    target: |", ["local", "gpu"]],
    ["# ta|", []],
    ["targets:\n  |", []],
    ["data: [\n  - oh: {|", []],
  ])("%j", (text, expected) => expect(labels(text)).toEqual(expected));

  test("keys come with what they are, what they need behind them, and the word that they replace", () => {
    const found = suggestionsAt(...at("targets:\n  gpu:\n    kind: ssh\n    ho|"), schema);
    expect(found).toEqual([
      {
        label: "slots",
        kind: "key",
        snippet: "slots: 1$0",
        detail: "whole number",
        documentation: "Jobs at the same time.",
        required: false,
        typed: 2,
        rest: 0,
      },
      {
        label: "host",
        kind: "key",
        snippet: "host: $0",
        detail: "text",
        documentation: "As `ssh` knows it.",
        required: false,
        typed: 2,
        rest: 0,
      },
    ]);
    const top = suggestionsAt("", 0, schema);
    expect(top.map(({ snippet }) => snippet)).toEqual([
      "data:\n  - $0",
      "mlflow:\n  $0",
      "entries:\n  $0",
      "targets:\n  $0",
    ]);
  });
});

test("keys and values are explained", () => {
  const explain = (text: string) => explanationAt(...at(text), schema)?.text;
  expect(explain("tar|gets:\n  gpu: {kind: ssh}\n")).toBe("Places to run.\n\n*mapping*");
  expect(explain("targets:\n  gpu:\n    kind: ssh\n    slo|ts: 2\n")).toBe(
    "Jobs at the same time.\n\n*whole number*\n\nDefault: `1`",
  );
  expect(explain("targets:\n  gpu:\n    kind: ss|h\n")).toBe("*`ssh`*");
  expect(explain("nothing: | of ours\n")).toBeUndefined();
});

test("places of keys and values", () => {
  const text = "targets:\n  gpu:\n    kind: odd\n    extra: [1, x]\n";
  const shown = (path: PropertyKey[], isKey = false) => {
    const { start, end } = placeOf(text, path, isKey);
    return text.slice(start, end);
  };
  expect(shown(["targets", "gpu", "kind"])).toBe("odd");
  expect(shown(["targets", "gpu", "kind"], true)).toBe("kind");
  expect(shown(["targets", "gpu", "host"])).toBe("gpu");
  expect(shown(["targets", "gpu", "extra", 1])).toBe("x");
  expect(shown(["targets", "gpu"])).toBe("gpu");
  expect(shown([])).toBe("targets:");
  expect(pathAt(text, text.indexOf("x]"))?.path).toEqual(["targets", "gpu", "extra", 1]);
});

test("with the schema that is shipped, targets are completed by their kind", () => {
  const file = path.resolve(import.meta.dirname, "../../../schemas/modeltrail.schema.json");
  const shipped = JSON.parse(readFileSync(file, "utf8")) as JsonSchema;
  const shown = (text: string) => suggestionsAt(...at(text), shipped).map(({ label }) => label);
  expect(shown("targets:\n  gpu:\n    kind: |")).toEqual(expect.arrayContaining(["ssh", "slurm", "podman", "ray"]));
  expect(shown("targets:\n  gpu:\n    kind: ssh\n    |")).toEqual(expect.arrayContaining(["host", "conda", "slots"]));
  expect(shown("targets:\n  gpu:\n    kind: ssh\n    |")).not.toContain("image");
  expect(shown("gates:\n  a:\n    kind: |")).toEqual(
    expect.arrayContaining(["metric", "champion", "fairness", "pytest"]),
  );
  expect(shown("gates:\n  a:\n    kind: metric\n    |")).toEqual(expect.arrayContaining(["metric", "min", "before"]));
  expect(shown("gates:\n  a:\n    kind: metric\n    |")).not.toContain("margin");
  expect(shown("evaluation:\n  |")).toEqual(expect.arrayContaining(["file", "label", "group"]));
});
