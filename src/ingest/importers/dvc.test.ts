import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { objectPath } from "../../store/objects";
import { tempFolder } from "../../store/testStore";
import { expected, fixture, outcomes, pointsOf, testImport } from "./testImport";

interface Shown {
  experiments: { name: string; revs: { rev: string; data: ShownData }[] }[] | null;
}
interface ShownData {
  metrics: Record<string, { data: Record<string, number> }>;
  params: Record<string, { data: Record<string, unknown> }>;
}

function repository(): string {
  const folder = tempFolder();
  const source = fixture("dvc");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
  git("init", "-q");
  git("fetch", "-q", path.join(source, "repository.bundle"), "refs/*:refs/*");
  cpSync(path.join(source, "cache"), path.join(folder, ".dvc", "cache"), { recursive: true });
  return folder;
}

test("experiments are runs with what `dvc exp show` says of them", async () => {
  const location = repository();
  const { store, run } = testImport({ kind: "dvc", location }, location);
  const { runs } = await run();
  expect(runs.map(({ name, outcome }) => [name, outcome]).sort()).toEqual([
    ["high", "imported"],
    ["low", "imported"],
  ]);
  const shown = (expected("dvc") as Shown[]).flatMap(({ experiments }) => experiments ?? []);
  for (const { name, revs } of shown) {
    const { rev, data } = revs[0]!;
    const told = runs.find((one) => one.name === name)!;
    expect(told.originalId).toBe(rev);
    const found = store.getRun(told.id)!;
    const train = data.params["params.yaml"]!.data.train as { lr: number; depth: number };
    expect(found.params).toEqual({
      "train.lr": String(train.lr),
      "train.depth": String(train.depth),
      optimizer: "adam",
    });
    expect(found).toMatchObject({
      experiment: "dvc",
      status: "finished",
      command: ["python", "train.py"],
      script: "train.py",
    });
    const points = pointsOf(store, told.id, "loss");
    expect(points.map(([step, , value]) => [step, Number(value)])).toEqual(
      [0, 1, 2].map((step) => [step, train.lr * step]),
    );
    expect(points.at(-1)![2]).toBe(String(data.metrics["dvclive/metrics.json"]!.data.loss));
    expect(found.startTime).toBe(points[0]![1]);
    expect(Object.keys(found.metrics)).toEqual(["loss"]);
    expect(found.artifacts.map((file) => file.path)).toEqual(["model.bin"]);
    const model = readFileSync(objectPath(store.folder, found.artifacts[0]!.sha256), "utf8");
    expect(model).toBe("model".repeat(train.depth));
  }
  expect(outcomes(await run())).toEqual({ present: 2 });
});

test("an output that is not in the cache is a gap", async () => {
  const location = repository();
  rmSync(path.join(location, ".dvc"), { recursive: true });
  const { store, run } = testImport({ kind: "dvc", location }, location);
  const { runs } = await run();
  expect(store.getRun(runs[0]!.id)!.gaps).toMatchObject([{ kind: "missing", path: "model.bin" }]);
});
