import { describe, expect, test } from "vitest";
import { UserError } from "../../domain/errors";
import type { Notebook } from "../../domain/notebook";
import { injectParameters, parseParameters, pythonValue } from "./injectParameters";

const cell = (id: string, ...tags: string[]) => ({
  id,
  kind: "code" as const,
  language: "python",
  source: `${id} = 1`,
  tags,
});
const notebook = (...cells: Notebook["cells"]): Notebook => ({ cells, metadata: {} });
const order = ({ cells }: Notebook) => cells.map(({ id }) => id);

test("parameters stand behind the cell of defaults, in place of earlier ones", () => {
  const before = notebook(
    cell("intro"),
    cell("defaults", "parameters"),
    cell("old", "injected-parameters"),
    cell("fit"),
  );
  const after = injectParameters(before, { lr: "0.1", name: "wide net" });
  expect(order(after)).toEqual(["intro", "defaults", "injected-parameters", "fit"]);
  expect(after.cells[2]).toMatchObject({
    source: '# Parameters\nlr = 0.1\nname = "wide net"',
    tags: ["injected-parameters"],
  });
});

test("without a cell of defaults they come first; without parameters nothing changes", () => {
  const plain = notebook(cell("fit"));
  expect(order(injectParameters(plain, { lr: "1" }))).toEqual(["injected-parameters", "fit"]);
  expect(injectParameters(plain, {})).toBe(plain);
});

test.each([
  ["3", "3"],
  ["-0.5", "-0.5"],
  ["1e-3", "1e-3"],
  ["007", '"007"'],
  ["true", "True"],
  ["None", "None"],
  ["inf", 'float("inf")'],
  ["a 'b' \"c\"\n", '"a \'b\' \\"c\\"\\n"'],
  ["", '""'],
])("%j is %s in Python", (text, python) => {
  expect(pythonValue(text)).toBe(python);
});

describe("what is given", () => {
  test("is name=value, where values may have signs of their own", () => {
    expect(parseParameters(["lr=0.1", "path=a=b", "note="])).toEqual({ lr: "0.1", path: "a=b", note: "" });
  });
  test("is refused when it is not", () => {
    expect(() => parseParameters(["lr"])).toThrow(UserError);
    expect(() => parseParameters(["1x=2"])).toThrow(UserError);
  });
});
