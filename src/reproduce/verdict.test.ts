import { expect, it, vi } from "vitest";
import type { InputDifference, PartVerdict, ReproducedMetric, ReproducedOutput } from "../domain/reproduction";
import { type Findings, reachVerdict } from "./verdict";

const FINISHED = { status: "finished", exitCode: 0, signal: null } as const;
const output = (verdict: PartVerdict, why: string | null = null): ReproducedOutput => ({
  path: "a.txt",
  verdict,
  before: null,
  after: null,
  why,
});
const metric = (verdict: PartVerdict): ReproducedMetric => ({
  name: "loss",
  verdict,
  before: null,
  after: null,
  difference: null,
});
const input = (part: InputDifference["part"], message: string): InputDifference => ({ part, path: null, message });

const hint = vi.fn(async () => "No seed.");
const reach = (part: Partial<Findings>) =>
  reachVerdict({ before: FINISHED, after: FINISHED, outputs: [], metrics: [], inputs: [], ...part }, hint);

it.each<[Partial<Findings>, string]>([
  [{}, "same"],
  [{ outputs: [output("same")], metrics: [metric("same"), metric("not-judged")] }, "same"],
  [{ outputs: [output("not-judged", "…")] }, "same"],
  [{ outputs: [output("same")], metrics: [metric("within-tolerance")] }, "within-tolerance"],
  [{ outputs: [output("within-tolerance", "…")] }, "within-tolerance"],
  // Another machine that gives the same is no fault.
  [{ inputs: [input("host", "another")] }, "same"],
])("passes %j", async (part, verdict) => {
  expect(await reach(part)).toEqual({ verdict, reasons: [] });
});

it.each<PartVerdict>(["different", "missing", "added"])("fails what is %s, and asks for seeds", async (verdict) => {
  const reasons = [expect.stringMatching(/does not give the same twice\. No seed\.$/)];
  expect(await reach({ metrics: [metric(verdict)] })).toEqual({ verdict: "different", reasons });
  expect(await reach({ outputs: [output(verdict)] })).toEqual({ verdict: "different", reasons });
});

it("takes inputs that differ for the reason", async () => {
  const inputs = [input("data", "data.csv has changed."), input("host", "The machine is another.")];
  expect(await reach({ metrics: [metric("different")], inputs })).toEqual({
    verdict: "different",
    reasons: ["data.csv has changed."],
  });
});

it("takes another machine for a reason when nothing else differs", async () => {
  const { reasons } = await reach({ metrics: [metric("different")], inputs: [input("host", "Another CPU.")] });
  expect(reasons).toEqual([expect.stringContaining("does not give the same twice"), "Another CPU."]);
});

it("does not ask for seeds where the outputs explain themselves", async () => {
  hint.mockClear();
  const { reasons } = await reach({ outputs: [output("different", "Only times differ.")] });
  expect(reasons).toEqual(["Only times differ."]);
  expect(hint).not.toHaveBeenCalled();
});

it("names another end first, and no chance then", async () => {
  hint.mockClear();
  const after = { status: "killed", exitCode: null, signal: "SIGKILL" } as const;
  const { verdict, reasons } = await reach({ after, metrics: [metric("missing")] });
  expect({ verdict, reasons }).toEqual({
    verdict: "different",
    reasons: ["The first run finished, this one was ended by SIGKILL."],
  });
  expect(hint).not.toHaveBeenCalled();
});
