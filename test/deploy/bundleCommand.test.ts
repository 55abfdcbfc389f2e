/** `modeltrail bundle` on a model that a recorded run wrote. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { registerModel } from "../../src/registry/register";
import { openStore } from "../../src/store/open";
import { makeProject, modeltrail, runSession, useCli, withStore } from "../recorder/cli";
import { PROGRAMS, servePython, WINE_TABLE } from "./versions";

const python = servePython();
useCli();

describe.runIf(python)("modeltrail bundle", () => {
  test("makes the bundle of a recorded model, checks it and copies it", { timeout: 240_000 }, async () => {
    const reads = 'open("wine.csv").read()\n';
    const project = makeProject({ "train.py": reads + PROGRAMS.joblib, "wine.csv": WINE_TABLE });
    const run = (...args: string[]) => runSession({ command: modeltrail(...args), cwd: project });
    expect((await run("run", "--", python!, "train.py")).code).toBe(0);
    const store = openStore(project, { create: false });
    const { version } = await registerModel(store, { run: store.resolveRun("latest"), name: "wine" });
    store.close();
    expect(version.version).toBe(1);

    const refused = await run("bundle", "wine");
    expect(refused.err.toString()).toContain("reading it runs code that its file contains");
    expect(refused.code).toBe(1);

    const made = await run("bundle", "wine/1", "--trust", "--check", "mlflow", "--output", "out", "--json");
    expect(made.code, made.err.toString()).toBe(0);
    const { hash, check, manifest } = JSON.parse(made.out.toString());
    expect(check).toMatch(/^It starts under the contract of MLflow .+ and answers the sample/);
    expect(manifest.input.columns.map(({ name }: { name: string }) => name)).toEqual(["alcohol", "malic_acid", "ash"]);
    expect(readdirSync(path.join(project, ".modeltrail/bundles"))).toEqual([hash]);
    expect(JSON.parse(readFileSync(path.join(project, "out/bundle.json"), "utf8"))).toEqual(manifest);

    const again = await run("bundle", "wine", "--output", "out");
    expect(again.err.toString()).toContain("out is not empty");
    expect(withStore(project, (opened) => opened.audit.list({ actions: ["source.trust"] }))).toHaveLength(1);
  });
});
