import { expect, test } from "vitest";
import { pastGates } from "./pastGates";
import { testProject } from "./testGates";

const GATES = `gates:
  accurate: { kind: metric, metric: accuracy, min: 0.9, models: [wine] }
  fast: { kind: latency, p95: 50, before: [deploy] }
`;
const champion = { model: "wine", aliases: ["blue", "champion"], instead: "modeltrail models promote wine/4" };

test("champion is given by hand only where no gate is for that, or with a reason", async () => {
  const { root } = testProject(GATES).store;
  const refusal = /\(accurate\)\. Ask them: modeltrail models promote wine\/4\n.*--override REASON/;
  await expect(pastGates(root, champion)).rejects.toThrow(refusal);
  await expect(pastGates(root, { ...champion, override: " " })).rejects.toThrow(refusal);
  expect(await pastGates(root, { ...champion, override: " a drill " })).toEqual({
    reason: "a drill",
    gates: [{ gate: "accurate", kind: "metric" }],
  });
  expect(await pastGates(root, { ...champion, aliases: ["blue"] })).toBeNull();
  expect(await pastGates(root, { ...champion, model: "beer" })).toBeNull();
});

test("a modeltrail.yaml that makes no sense lets nothing pass", async () => {
  const { root } = testProject("gates: { accurate: { kind: nothing } }").store;
  await expect(pastGates(root, champion)).rejects.toThrow(/modeltrail\.yaml is not right/);
});
