import { expect, test } from "vitest";
import { ProjectFile } from "../domain/projectFile";
import { jobSettingsAmong } from "./registry";
import { slotsOf } from "./slots";

test("a place that only serves is no target of jobs", () => {
  const { targets } = ProjectFile.parse({ targets: { cluster: { kind: "kserve", costPerHour: 2 } } });
  expect(targets!.cluster).toEqual({ kind: "kserve", costPerHour: 2 });
  expect(slotsOf({ targets }, "cluster")).toBe(Number.POSITIVE_INFINITY);
  expect(() => jobSettingsAmong(targets!, "cluster")).toThrow(/is .* kserve, which serves models and runs no jobs/);
});
