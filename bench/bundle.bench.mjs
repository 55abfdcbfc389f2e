/**
 * From a registered scikit-learn model to its bundle, by `modeltrail bundle`: Python is started, the model read and asked its
 * sample. Nothing of an earlier round is left. And again, when nothing has changed.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../scripts/lib/paths.mjs";
import { ensureVenv } from "../scripts/lib/python.mjs";
import { claim, measure, median, seconds } from "./lib/measure.mjs";

const cli = process.env.MODELTRAIL_BENCH_CLI ?? fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const rounds = Number(process.env.MODELTRAIL_BENCH_ROUNDS ?? 5);

const TRAIN = `
import joblib, pandas
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
wine = load_wine(as_frame=True)
wine.data.to_csv("wine.csv", index=False)
joblib.dump(RandomForestClassifier(random_state=0).fit(pandas.read_csv("wine.csv"), wine.target), "model.joblib")
`;

const python = await ensureVenv([join(paths.root, "test/serve/requirements.txt")]).catch((error) => {
  console.log(`Left out: ${error.message}`);
});
if (python) {
  const project = mkdtempSync(join(tmpdir(), "modeltrail-bench-"));
  const store = join(project, ".modeltrail");
  const run = (...args) => measure([process.execPath, cli, ...args], { cwd: project });
  try {
    writeFileSync(join(project, "train.py"), TRAIN);
    await run("run", "--", python, "train.py");
    await run("models", "register", "latest", "--name", "wine");
    const [made, again, processor] = [[], [], []];
    for (let round = -1; round < rounds; round++) {
      for (const folder of ["bundles", "cache"]) rmSync(join(store, folder), { recursive: true, force: true });
      const [first, second] = [await run("bundle", "wine", "--trust"), await run("bundle", "wine", "--trust")];
      if (round < 0) continue;
      made.push(first.wall);
      again.push(second.wall);
      processor.push(first.user + first.sys);
    }
    console.log(`  a bundle     ${seconds(made)}`);
    console.log(`  processor    ${seconds(processor)}`);
    console.log(`  once more    ${seconds(again)}`);
    claim("a bundle without a container", median(made), 5, { unit: " s" });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
