import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { differenceOf, timelessName } from "./contents";

const FOLDERS = ["/home/me/project", "/home/me/project/.modeltrail/reproductions/a"] as const;

function difference(before: string | Buffer, after: string | Buffer, tolerance = 1e-6) {
  return differenceOf(Buffer.from(before), Buffer.from(after), FOLDERS, tolerance);
}

describe("what differs", () => {
  it.each([
    ["made 2026-11-21T06:31:12.5Z", "made 2026-11-22T07:01:02.25Z"],
    ["Sat Nov 21 06:31:12 2026: done", "Sun Nov 22 16:01:12 2026: done"],
    ["21 Nov 2026, 6:31 PM", "1 Dec 2026, 11:02 AM"],
    ["/CreationDate (D:20261121063112+01'00')", "/CreationDate (D:20261121073559+01'00')"],
    ["run_20261121-063112 took", "run_20261122-173112 took"],
    ['{"created": 1795242672.123, "loss": 0.5}', '{"created": 1795249999.5, "loss": 0.5}'],
    ["2026/11/21 06:31\0\xff", "2026/11/21 06:32\0\xff"],
  ])("is dates and times alone: %s", (before, after) => {
    expect(difference(before, after)).toEqual({ withinTolerance: false, how: "only dates and times differ" });
  });

  it("is times, however little they differ", () => {
    const how = "only dates and times differ, and numbers within the tolerance";
    const [before, after] = [
      '{"at": 1795242672.1, "loss": 0.5, "on": "2026-11-21"}',
      '{"at": 1795242672.2, "loss": 0.50000000001, "on": "2026-11-21"}',
    ];
    expect(difference(before!, after!)).toEqual({ withinTolerance: false, how });
    expect(difference("12:00:01.1795242672", "12:00:01.1795242673").how).toBe("only dates and times differ");
  });

  it("is the folder alone", () => {
    const [before, after] = FOLDERS.map((folder) => `saved to ${folder}/outputs/model.bin, twice: ${folder}`);
    expect(difference(before!, after!).how).toBe("only the name of the folder that it ran in differs");
  });

  it("is identifiers alone, or with times", () => {
    const [one, other] = ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "9f8504e0-4f89-11d3-9a0c-0305e82c33ff"];
    expect(difference(`<g id="${one}">`, `<g id="${other}">`).how).toBe("only generated identifiers differ");
    const how = "only dates, times and generated identifiers differ";
    expect(difference(`${one} 2026-11-21`, `${other} 2026-11-22`).how).toBe(how);
    expect(difference("<object at 0x7f3a5c0d1e20>", "<object at 0x7f3a5c0d1f30>").how).toContain("identifiers");
  });

  it("is the time in a gzip header alone", () => {
    const [before, after] = [gzipSync("a,b\n1,2\n"), gzipSync("a,b\n1,2\n")];
    after.writeUInt32LE(1795242672, 4);
    expect(difference(before, after).how).toBe("only the time in its gzip header differs");
    expect(difference(before, gzipSync("a,b\n1,3\n")).how).toBeNull();
  });

  it.each([
    ['{"loss": 0.5, "n": 3}', '{"loss": 0.50000000001, "n": 3}'],
    ["1e-3;-2.5\n", "0.001;-2.5000000001\n"],
    ["on 2026-11-21: 0.5", "on 2026-11-21: 0.50000000001"],
  ])("is numbers within the tolerance: %s", (before, after) => {
    expect(difference(before, after)).toMatchObject({ withinTolerance: true });
  });

  it.each([
    ['{"loss": 0.5}', '{"loss": 0.51}'],
    ["accuracy 0.20261121063112", "accuracy 0.20281121063112"],
    ["score 15452425672123.5", "score 15462425679999.5"],
    ["rows 1000000", "rows 1000001"],
    ["Monster", "Monday-ish"],
    ["Sunny", "Satisfied"],
    ["cat", "dog"],
    ["\0\x01", "\0\x02"],
  ])("is not explained away: %s", (before, after) => {
    expect(difference(before, after)).toEqual({ withinTolerance: false, how: null });
  });
});

it.each([
  ["outputs/2026-11-21/06-31-12/model.bin", "outputs/2026-11-22/18-00-01/model.bin"],
  ["runs/events.out.tfevents.1795242672.host.123.0", "runs/events.out.tfevents.1795249999.other.9.0"],
  ["model_20261121_063112.pt", "model_20261122_063112.pt"],
])("the names %s and %s are of the same output", (one, other) => {
  expect(timelessName(one)).toBe(timelessName(other));
});

it("names that differ otherwise are of different outputs", () => {
  expect(timelessName("outputs/fold-1/model.bin")).not.toBe(timelessName("outputs/fold-2/model.bin"));
});
