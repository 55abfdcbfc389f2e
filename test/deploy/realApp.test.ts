/** The gateway before the app that serves, with a model of scikit-learn. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Access, ReadyRoute } from "../../src/deploy/contract";
import { readPredictions } from "../../src/deploy/predictions/read";
import { smokeTest } from "../../src/deploy/rollout/smokeTest";
import { BundleManifest } from "../../src/domain/bundle";
import { useCli } from "../recorder/cli";
import { APP, pythonThatServes, runPython } from "../serve/python";
import { localDeployment, until } from "./local";

useCli();

const python = pythonThatServes();

/** A version of make_bundles.py's. */
async function realRoute(root: string, name: string, route: (version: number) => ReadyRoute): Promise<ReadyRoute> {
  await runPython(python!, "make_bundles.py", join(root, "made"), name);
  const folder = join(root, "made", name);
  cpSync(join(APP, "modeltrail_serve"), join(folder, "modeltrail_serve"), { recursive: true });
  const manifest = BundleManifest.parse(JSON.parse(readFileSync(join(folder, "bundle.json"), "utf8")));
  return { ...route(1), ready: { hash: `real-${name}`, folder, manifest } };
}

test.skipIf(!python)(
  "all protocols of the app are spoken at the endpoint, with a token, limits and the log",
  async () => {
    const { apply, plan, route, root, target, handle, predictions, status } = localDeployment(python);
    const real = await realRoute(root, "joblib", route);
    const { manifest } = real.ready;
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

test.skipIf(!python)("a model that fails at its sample is told of in its own words", async () => {
  const { apply, plan, route, root, signal } = localDeployment(python);
  const real = await realRoute(root, "function", route);
  const file = join(real.ready.folder, "sample.json");
  const sample = JSON.parse(readFileSync(file, "utf8"));
  sample.request.dataframe_split.data[0][0] = -2;
  writeFileSync(file, JSON.stringify(sample));
  const verify = async (one: ReadyRoute, access: Access) => void (await smokeTest(one.ready, access, signal()));
  await expect(apply(plan([real], {}, "a-token"), { verify })).rejects.toThrow(
    /^It answered the sample with 500: .* It failed at its start with RuntimeError: a secret of the model$/,
  );
});
