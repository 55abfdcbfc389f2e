/** Autolog, logged models and the registry with scikit-learn: the same from our server as from MLflow's. */
import { expect, test } from "vitest";
import { tempFolder } from "../../src/store/testStore";
import { askOurs, askStock, useMlflow } from "./compare";
import type { Release } from "./packages";
import { runClient } from "./servers";

interface Result {
  told: Record<string, unknown>;
  /** The run that logged NaN, then a model. */
  run: string;
}

const python = useMlflow("current", "before3");

test.for<Release>(["current", "before3"])(
  "a script with autolog, a grid search, log_model after NaN, the registry and load_model: %s",
  { timeout: 600_000 },
  async (release) => {
    const work = (uri: string) => runClient<Result>(python(release), "models.py", uri, tempFolder());
    const [theirs, ours] = await Promise.all([askStock(python(release), work), askOurs(work)]);
    expect(ours.result.told).toEqual(theirs.told);
    expect(ours.errors).toEqual([]);
    const told = ours.store.audit.list({ subject: "models/wine" }).map(({ action, through }) => `${action} ${through}`);
    const actions = ["model.create", "version.register", "version.register", "alias.set", "version.tag"];
    expect(told.reverse()).toEqual(expect.arrayContaining(actions.map((action) => `${action} mlflow`)));
    expect(ours.store.audit.verify()).toMatchObject({ intact: true });
    const { metrics } = ours.store.getRunHead(ours.result.run)!;
    // log_model sends the run's metrics again.
    expect(metrics.loss).toMatchObject({ last: Infinity, count: 2, lastStep: 2 });
  },
);
