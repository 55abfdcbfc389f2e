import { describe, expect, it } from "vitest";
import { differ, meaningOf } from "./values";

describe("meaningOf", () => {
  it.each([
    ["0.1", "1e-1"],
    ["0.10", "+.1"],
    ["1000", "1_000"],
    ["True", "true"],
    ["None", "null"],
    ["nan", ".nan"],
    ["12345678901234567890", "+12345678901234567890"],
    ["adam", "adam"],
  ])("%s is %s", (one, other) => {
    expect(meaningOf(one)).toBe(meaningOf(other));
  });

  it.each([
    ["0.1", "0.10000001"],
    // The first is a number of features, the second all of them.
    ["1", "1.0"],
    ["100", "1e2"],
    // Names of folds and folders.
    ["1", "01"],
    ["12345678901234567890", "12345678901234567891"],
    ["adam", "Adam"],
    ["", "null"],
    ["1.2.3", "1.2.30"],
    ["toString", "undefined"],
  ])("%s is not %s", (one, other) => {
    expect(meaningOf(one)).not.toBe(meaningOf(other));
  });
});

describe("differ", () => {
  it("takes a missing value for another one, unless the side cannot have any", () => {
    expect(differ(["1", null])).toBe(true);
    expect(differ([null, "1"])).toBe(true);
    expect(differ(["1", undefined, "1"])).toBe(false);
    expect(differ([undefined, "1", "2"])).toBe(true);
    expect(differ([null, null])).toBe(false);
    expect(differ([])).toBe(false);
  });
});
