import { expect, test } from "vitest";
import { hasOwnServer, mlflowEnvironment } from "./environment";

const URI = "http://127.0.0.1:4711/t/5ec2e7";

test("the client is led to us, impatient and silent", () => {
  expect(mlflowEnvironment({ PATH: "/bin" }, URI)).toMatchObject({
    PATH: "/bin",
    MLFLOW_TRACKING_URI: URI,
    MLFLOW_DISABLE_TELEMETRY: "true",
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2",
  });
});

test("what the user has set of the client stays, but names of things that another server has", () => {
  const env = { MLFLOW_HTTP_REQUEST_MAX_RETRIES: "9", MLFLOW_TRACKING_TOKEN: "mine", MLFLOW_EXPERIMENT_NAME: "wine" };
  const theirs = { MLFLOW_RUN_ID: "5f", MLFLOW_EXPERIMENT_ID: "3", MLFLOW_WORKSPACE: "team" };
  const given = mlflowEnvironment({ ...env, ...theirs }, URI);
  expect(given).toMatchObject(env);
  for (const name of Object.keys(theirs)) expect(given).not.toHaveProperty(name);
});

test("a proxy does not take what goes to this machine, and its other exceptions stay", () => {
  const exceptions = (env: NodeJS.ProcessEnv) => {
    const { NO_PROXY, no_proxy } = mlflowEnvironment(env, URI);
    return [NO_PROXY, no_proxy];
  };
  expect(exceptions({})).toEqual([undefined, undefined]);
  expect(exceptions({ HTTP_PROXY: "http://proxy" })).toEqual(["127.0.0.1", "127.0.0.1"]);
  // The small one alone would hide the large one from Python.
  expect(exceptions({ https_proxy: "http://proxy", NO_PROXY: "corp" })).toEqual(["corp,127.0.0.1", undefined]);
  expect(exceptions({ no_proxy: "a, 127.0.0.1", NO_PROXY: "*" })).toEqual(["*", "a, 127.0.0.1"]);
});

test("a server of the user's own is told from that of a recorder further out", () => {
  const outer = mlflowEnvironment({ PATH: "/bin" }, URI);
  expect(hasOwnServer({})).toBe(false);
  expect(hasOwnServer({ MLFLOW_TRACKING_URI: "" })).toBe(false);
  expect(hasOwnServer(outer)).toBe(false);
  expect(hasOwnServer({ ...outer, MLFLOW_TRACKING_URI: "https://mlflow.example.org" })).toBe(true);
});
