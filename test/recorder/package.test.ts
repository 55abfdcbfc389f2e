/** `import modeltrail` in a script, through the real command. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { objectPath } from "../../src/store/objects";
import { makeProject, python, recorded, runSession, useCli, withStore } from "./cli";

useCli();

const SCRIPT = `
import modeltrail
modeltrail.log_params(lr=0.1)
modeltrail.set_tag("model", "big")
for step in range(3):
    print(f"step {step}: loss={1 / (step + 1):.2f}")
    modeltrail.log(loss=1 / (step + 1), step=step)
with open("weights.bin", "wb") as file:
    file.write(b"weights")
modeltrail.log_artifact("weights.bin", name="model/weights.bin")
`;

test("what a script logs is in its run: exact metrics, params, tags, artifacts", async () => {
  const cwd = makeProject({ "train.py": SCRIPT });
  const { code, err } = await runSession({ command: recorded([python, "train.py"]), cwd });
  expect(err.toString()).toBe("");
  expect(code).toBe(0);
  withStore(cwd, (store) => {
    const id = store.resolveRun("latest");
    const run = store.getRun(id)!;
    expect(run).toMatchObject({ params: { lr: "0.1" }, tags: { model: "big" }, warnings: [] });
    const { points, sources } = store.metricHistory(id, "loss", 0, 10);
    expect(points.map(({ step, value }) => [step, value])).toEqual([
      [0, 1],
      [1, 0.5],
      [2, 1 / 3],
    ]);
    expect(sources.toSorted()).toEqual(["api", "output"]);
    const sha256 = createHash("sha256").update("weights").digest("hex");
    expect(run.artifacts).toContainEqual({ path: "model/weights.bin", sha256, size: 7 });
    expect(readFileSync(objectPath(store.folder, sha256), "utf8")).toBe("weights");
  });
  expect(existsSync(join(cwd, "modeltrail-log.jsonl"))).toBe(false);
});
