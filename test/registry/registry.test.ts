/** From a script that trains to the champion, by the command: with models that MLflow's client logged and that joblib wrote. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AuditEntry } from "../../src/domain/audit";
import { pythonWithMlflow } from "../mlflow/python";
import { baseEnvironment, makeProject, modeltrail, recorded, useCli, withStore } from "../recorder/cli";

useCli();
const python = pythonWithMlflow() ?? "";

const TRAIN = `
import sys
import joblib
import mlflow
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression

x, y = load_wine(return_X_y=True)
model = LogisticRegression(max_iter=int(sys.argv[1])).fit(x, y)
joblib.dump(model, "model.joblib")
mlflow.log_metric("accuracy", model.score(x, y))
# Named, since looking for them takes longer than all the rest.
info = mlflow.sklearn.log_model(model, name="tree", pip_requirements=["scikit-learn"])
if sys.argv[2:] == ["register"]:
    client = mlflow.MlflowClient()
    version = mlflow.register_model(info.model_uri, "train")
    client.set_registered_model_alias("train", "challenger", version.version)
`;

const SERVE = "def predict(rows):\n    return [0 for _ in rows]\n";

function projectOf(files: Record<string, string>) {
  const cwd = makeProject(files);
  // Not the project itself: the code of a home folder is not kept.
  const env = baseEnvironment(makeProject());
  const run = ([program, ...args]: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(program!, args, { cwd, env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  const ask = async (...args: string[]) => {
    const result = await run(modeltrail(...args));
    expect(result, `modeltrail ${args.join(" ")}`).toMatchObject({ code: 0, err: "" });
    return result.out;
  };
  return {
    cwd,
    run,
    ask,
    train: async (...args: string[]) => expect((await run(recorded([python, "train.py", ...args]))).code).toBe(0),
    json: async <T>(...args: string[]) => JSON.parse(await ask(...args, "--json")) as T,
    refused: async (...args: string[]) => {
      const { code, err } = await run(modeltrail(...args));
      expect(code).toBe(1);
      return err;
    },
  };
}

describe.skipIf(!python)("the registry", { timeout: 300_000 }, () => {
  test("takes in what a run logged and wrote, and lets versions pass by their gates only", async () => {
    const gates = "gates:\n  accurate: { kind: metric, metric: accuracy, min: 0.9 }\n";
    const { cwd, ask, train, json, refused } = projectOf({
      "train.py": TRAIN,
      "serve.py": SERVE,
      "modeltrail.yaml": gates,
    });
    await train("3000", "register");
    const found = await json<{ path: string; modelFormat: string }[]>("models", "register", "latest", "--list");
    expect(found.map(({ path, modelFormat }) => [path, modelFormat])).toEqual([
      ["tree", "mlflow"],
      ["model.joblib", "joblib"],
    ]);
    // The client has registered the first already: it is not made twice, and gets its files kept.
    expect(await ask("models", "register", "latest")).toBe("train/1 is this model already.\n");
    expect(await ask("models", "register", "latest", "--artifact", "model.joblib")).toBe(
      "Registered train/2: model.joblib\n",
    );
    expect(await ask("models", "register", "latest", "--artifact", "serve.py")).toBe("Registered train/3: serve.py\n");
    const kept = withStore(cwd, ({ registry }) => [1, 2, 3].map((one) => registry.files("train", one)));
    expect(kept[0]!.map(({ path }) => path)).toEqual(expect.arrayContaining(["MLmodel", "requirements.txt"]));
    expect(kept.slice(1).map((files) => files.map(({ path }) => path))).toEqual([["model.joblib"], ["serve.py"]]);
    expect(await ask("models", "promote", "train/2", "--reason", "good")).toMatch(/train\/2 is champion now/);

    await train("1");
    expect(await ask("models", "register", "latest", "--artifact", "model.joblib")).toMatch(/Registered train\/4/);
    expect(await refused("models", "promote", "train/4")).toMatch(/A gate holds train\/4 back .*\n {2}accurate: /);
    expect(await refused("models", "alias", "train/4", "champion")).toMatch(
      /\(accurate\)\. Ask them: .*promote train\/4/,
    );
    await ask("models", "promote", "train/4", "--override", "a demonstration");
    expect(await ask("models", "demote", "train")).toMatch(/train\/2 is champion again/);
    const shown = await json<{ version: number; aliases: string[]; lineage: { run: { name: string } } }>(
      "models",
      "show",
      "train",
    );
    expect(shown).toMatchObject({ version: 2, aliases: ["champion"] });
    expect(await ask("models", "card", "train/4")).toMatch(/\| accurate \| failed .*: a demonstration/s);
    expect(await ask("models")).toMatch(/train +4 +challenger=1 champion=2/);
  });

  test("tells in the audit log what was done, by clients too, and shows who touched it", async () => {
    const { cwd, run, ask, train, json, refused } = projectOf({ "train.py": TRAIN });
    await train("50", "register");
    await ask("models", "alias", "train/1", "champion");
    const entries = await json<AuditEntry[]>("audit", "--subject", "models/train");
    expect(entries.map(({ action, through }) => `${action} ${through}`)).toEqual([
      "alias.set cli",
      "alias.set mlflow",
      "version.register mlflow",
      "model.create mlflow",
    ]);
    const { head } = await json<{ head: string }>("audit", "verify");
    expect(head).toBe(entries[0]!.hash);
    await ask("audit", "export", "audit.jsonl");
    expect(await refused("audit", "export", "audit.jsonl")).toMatch(/is there already/);
    expect(readdirSync(cwd).filter((name) => name.endsWith(".part"))).toEqual([]);
    const file = join(cwd, "audit.jsonl");
    expect(await ask("audit", "verify", file, "--head", head)).toMatch(/^Intact: 4 entries/);
    writeFileSync(file, readFileSync(file, "utf8").replace('"challenger"', '"champion"'));
    expect(await run(modeltrail("audit", "verify", file))).toEqual({
      code: 1,
      out: "Not intact. Entry 3 was changed. 2 entries are sound before it.\n",
      err: "",
    });
    const card = join(cwd, "CARD.md");
    for (let time = 0; time < 2; time++) await ask("models", "card", "train/1", "--out", card);
    writeFileSync(card, readFileSync(card, "utf8").replace(/\*What is it not for.*\*/, "Old vines."));
    expect(await refused("models", "card", "train/1", "--out", card)).toMatch(
      /under Limitations .* would be lost\..*--from/,
    );
    expect(await refused("models", "card", "train/1", "--out", file)).toMatch(/is no model card/);
    expect(readFileSync(card, "utf8")).toContain("Old vines.");
    expect(await refused("models", "show", "tree")).toMatch(/There is no model "tree". There are: train\./);
    expect(await refused("models", "archive", "train", "--reason", "x")).toMatch(/Say which version of train/);
  });
});
