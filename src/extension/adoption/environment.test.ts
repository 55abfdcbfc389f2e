import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { pythonPathIn, withTracer } from "./environment";

test("nothing empty comes into PYTHONPATH: Python would search the working folder", () => {
  expect(withTracer("/t", undefined)).toBe("/t");
  expect(withTracer("/t", "")).toBe("/t");
  expect(withTracer("/t", "/a")).toBe(`/t${delimiter}/a`);
});

test.each([
  ["A=1\nPYTHONPATH=/a:/b\n", "/a:/b"],
  ["export PYTHONPATH = 'src'", "src"],
  ['PYTHONPATH="src" ', "src"],
  ["MYPYTHONPATH=1\n#PYTHONPATH=2", undefined],
  ["", undefined],
])("PYTHONPATH in an .env file %#", (text, value) => expect(pythonPathIn(text)).toBe(value));
