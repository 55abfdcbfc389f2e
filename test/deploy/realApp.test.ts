/** The gateway before the app that serves, with a model of scikit-learn. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ReadyRoute } from "../../src/deploy/contract";
import { readPredictions } from "../../src/deploy/predictions/read";
import { BundleManifest } from "../../src/domain/bundle";
import { useCli } from "../recorder/cli";
import { APP, pythonThatServes, runPython } from "../serve/python";
import { localDeployment, until } from "./local";

useCli();

const python = pythonThatServes();

test.skipIf(!python)(
  "all protocols of the app are spoken at the endpoint, with a token, limits and the log",
  async () => {
    const { apply, plan, route, root, target, handle, predictions, status } = localDeployment(python);
    await runPython(python!, "make_bundles.py", join(root, "made"), "joblib");
    const folder = join(root, "made/joblib");
    cpSync(join(APP, "modeltrail_serve"), join(folder, "modeltrail_serve"), { recursive: true });
    const manifest = BundleManifest.parse(JSON.parse(readFileSync(join(folder, "bundle.json"), "utf8")));
    const real: ReadyRoute = { ...route(1), ready: { hash: "real", folder, manifest } };
    const columns = manifest.input && "columns" in manifest.input ? manifest.input.columns.map(({ name }) => name) : [];
    const row = Object.fromEntries(columns.map((name, place) => [name, place + 1]));
    const settings = { limits: { rows: 3 }, log: { mask: [columns[0]!] }, workers: 1 };
    let tried = 0;
    await apply(plan([real], settings, "a-token"), {
      async verify(_route, access) {
        tried = (await access.request("/invocations", { body: JSON.stringify({ dataframe_records: [row] }) })).status;
      },
    });
    expect(tried).toBe(200);
    const access = target.access(handle, "a-token");
    const send = async (path: string, body?: unknown) => {
      const answer = await access.request(path, body === undefined ? {} : { body: JSON.stringify(body) });
      return { status: answer.status, body: answer.body.toString(), version: answer.headers["x-modeltrail-version"] };
    };
    const invoked = await send("/invocations", { dataframe_records: [row] });
    expect(invoked).toMatchObject({ status: 200, version: "1" });
    const { predictions: answered } = JSON.parse(invoked.body);
    const first = await send(`/v1/models/${manifest.model}:predict`, { instances: [row] });
    expect(JSON.parse(first.body)).toEqual({ predictions: answered });
    expect((await send(`/v2/models/${manifest.model}/ready`)).status).toBe(200);
    expect((await send("/invocations", { dataframe_records: [row, row, row, row] })).status).toBe(413);
    const wrong = await send("/invocations", { dataframe_records: [{ ...row, [columns[1]!]: "much" }] });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toContain(columns[1]!);
    expect((await target.access(handle, null).request("/invocations", { body: "{}" })).status).toBe(401);

    await until(() => readPredictions(predictions).length === 4, "the log");
    const logged = readPredictions(predictions).reverse();
    expect(logged.map((one) => one.status)).toEqual([200, 200, 413, 400]);
    expect(JSON.parse(logged[0]!.inputs!).dataframe_records[0]).toEqual({ ...row, [columns[0]!]: "***" });
    expect(logged[3]!.outputs).toBeNull();
    expect(await status()).toMatchObject({ state: "live", traffic: { requests: 4, errors: 0 } });
  },
);
