/** `modeltrail gates` and gates before `modeltrail models promote`, of a model that needs no Python to be judged. */
import { expect, test } from "vitest";
import type { GateResult } from "../../src/domain/gate";
import { openStore } from "../../src/store/open";
import { newRun } from "../../src/store/testStore";
import { makeProject, modeltrail, runSession, useCli } from "../recorder/cli";

useCli();

test("tells what gates found, ends with 1 when one fails, and lets a version be promoted only with a reason", async () => {
  const project = makeProject({
    "modeltrail.yaml": `gates:
  accurate: { kind: metric, metric: accuracy, min: 0.9 }
  learned: { kind: convergence, before: [deploy] }
`,
  });
  const store = openStore(project);
  const run = store.createRun(newRun());
  const points = [{ key: "accuracy", value: 0.8, step: 0, time: 0 }];
  store.ingest(run, { points: [{ source: "api", points }] });
  store.endRun(run, { status: "finished", exitCode: 0, signal: null, endTime: 2_000 });
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  const source = `runs:/${run}/model`;
  const version = { model: "wine", description: "", source, location: source, run, runLink: "", tags: {} };
  store.registry.createVersion({ ...version, loggedModel: null });
  store.close();
  const call = async (...args: string[]) => {
    const { code, out, err } = await runSession({ command: modeltrail(...args), cwd: project });
    return { code, out: out.toString(), err: err.toString() };
  };

  const all = await call("gates", "wine/1");
  expect(all.code).toBe(1);
  expect(all.out).toMatch(/^GATE +VERDICT +TIME +WHAT IT FOUND$/m);
  expect(all.out).toMatch(/^accurate +failed +\d+\.\d s +accuracy 0\.8 is below 0\.9$/m);
  expect(all.out).toMatch(/^learned +error +\d+\.\d s +No metric of the run .* looks like a loss: it has no series/m);
  expect(all.out).toContain("2 of 2 gates hold this version back.");
  const json = await call("gates", "wine", "--step", "promote", "--json");
  const results = JSON.parse(json.out) as GateResult[];
  expect(results).toMatchObject([{ gate: "accurate", verdict: "failed", step: "promote", detail: { value: 0.8 } }]);
  const unknown = await call("gates", "wine", "--only", "quick");
  expect(unknown).toMatchObject({ code: 1, out: "" });
  expect(unknown.err).toContain('There is no gate "quick": modeltrail.yaml names accurate, learned.');

  const held = await call("models", "promote", "wine/1");
  expect(held.code).toBe(1);
  expect(held.err).toContain("accuracy 0.8 is below 0.9");
  expect((await call("models", "promote", "wine/1", "--override", "a drill")).code).toBe(0);
  expect((await call("audit", "list", "--action", "gate.override")).out).toContain("a drill");
  expect((await call("audit", "verify")).code).toBe(0);
});
