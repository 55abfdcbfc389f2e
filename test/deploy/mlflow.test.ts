/** Models behind MLflow's own server, at an endpoint of the gateway. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ApplyOptions, ReadyRoute, ServingHandle } from "../../src/deploy/contract";
import { readControlFile, readGatewayFile } from "../../src/deploy/gateway/files";
import { mlflowServing } from "../../src/deploy/mlflow/mlflowServing";
import { readPredictions } from "../../src/deploy/predictions/read";
import { smokeTest } from "../../src/deploy/rollout/smokeTest";
import { BundleManifest } from "../../src/domain/bundle";
import { baseEnvironment, modeltrail, useCli } from "../recorder/cli";
import { APP, pythonThatServes, runPython } from "../serve/python";
import { ask, localDeployment, until } from "./local";

useCli();

const python = pythonThatServes();

test.skipIf(!python)(
  "a table and a function are asked, exchanged without a failed request, and taken away; one that cannot be read changes nothing",
  async () => {
    const { root, store, folder, plan, route, signal, predictions } = localDeployment();
    await runPython(python!, "make_bundles.py", join(root, "made"), "joblib", "function");
    const context = { store, env: { ...baseEnvironment(root), MLFLOW_DISABLE_TELEMETRY: "true" } };
    const target = mlflowServing("by-mlflow", { kind: "mlflow", python: python! }, context, { program: modeltrail() });
    let handle: ServingHandle = { name: "wine", url: null };
    const apply = async (made: ReadyRoute, options: Partial<ApplyOptions> = {}) => {
      const verify: ApplyOptions["verify"] = async ({ ready }, access) =>
        void (await smokeTest(ready, access, signal()));
      const all = { handle, keep() {}, onStep() {}, verify, signal: signal(), ...options };
      handle = await target.apply(plan([made], { target: "by-mlflow" }, "a-token"), all);
      return handle.url as string;
    };
    const made = (name: string, version: number): ReadyRoute => {
      const bundle = join(root, "made", name);
      cpSync(join(APP, "modeltrail_serve"), join(bundle, "modeltrail_serve"), { recursive: true });
      const manifest = BundleManifest.parse(JSON.parse(readFileSync(join(bundle, "bundle.json"), "utf8")));
      return { ...route(version), ready: { hash: `hash-${name}`, folder: bundle, manifest } };
    };
    const shown = { authorization: "Bearer a-token" };
    // What is started again later is not in the folder of an extension that may be gone by then.
    const scriptOf = ({ argv }: { argv: string[] }) => argv.find((word) => word.endsWith(".py"));

    const table = made("joblib", 1);
    const sample = JSON.parse(readFileSync(join(table.ready.folder, "sample.json"), "utf8")).request;
    const url = await apply(table);
    expect((await ask(url, sample)).status).toBe(401);
    expect(await ask(url, sample, shown)).toMatchObject({ status: 200, version: "1", body: { predictions: [0, 0] } });
    const wrong = await ask(url, { dataframe_records: [{ alcohol: 14 }] }, shown);
    expect(wrong).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE" } });
    expect(readGatewayFile(folder)!.servers.map(scriptOf)).toEqual([expect.stringContaining(folder)]);
    await until(() => readPredictions(predictions).length === 2, "the log");

    let over = false;
    const asking = (async () => {
      const all = [];
      while (!over) all.push(await ask(url, sample, shown));
      return all;
    })();
    await apply(made("function", 2));
    over = true;
    const got = await asking;
    expect(new Set(got.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await ask(url, sample, shown)).body.predictions).toEqual([
      { class: 1, rows: 2 },
      { class: 0, rows: 2 },
    ]);

    const damaged = made("joblib", 3);
    writeFileSync(join(damaged.ready.folder, "model/model.joblib"), "no model");
    await expect(apply(damaged)).rejects.toThrow(/Version 3 does not start\. .*ended with exit code 1/s);
    expect(await target.status(handle, signal())).toMatchObject({ state: "live", versions: [{ version: 2 }] });

    // All that is ours is killed: MLflow's own processes end by themselves.
    const [server, ...others] = readGatewayFile(folder)!.servers;
    expect(others).toEqual([]);
    for (const pid of [keeperOf(folder), readControlFile(folder)!.process.pid, server!.process!.pid]) {
      process.kill(pid, "SIGKILL");
    }
    if (process.platform === "linux") await until(() => refuses(server!.port!), "no server of MLflow's");
    await target.undeploy(handle, signal());
    expect((await target.status(handle, signal())).state).toBe("gone");
    expect(existsSync(join(folder, "mlflow"))).toBe(false);
    await target.undeploy(handle, signal());
  },
  180_000,
);

/** That starts the gateway again: its parent. */
function keeperOf(folder: string): number {
  const { pid } = readControlFile(folder)!.process;
  return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
}

async function refuses(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
