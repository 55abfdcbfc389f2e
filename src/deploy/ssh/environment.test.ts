import { expect, test } from "vitest";
import { createLocalHost } from "../../targets/host/local";
import { remoteEnvironment } from "./environment";

test.each([
  ["/usr/bin/python3", "/usr/bin/python3"],
  ["~/venv/bin/python", "~/venv/bin/python"],
  ["venv/bin/python", "~/venv/bin/python"],
  ["python3.11", "python3.11"],
])("the Python %s of a target is %s for what is started in a folder of its own", (python, path) => {
  const on = { host: createLocalHost(process.env), python, endpoints: "~/deployments" };
  const settings = { kind: "ssh", host: "box", python } as const;
  expect(remoteEnvironment("box", settings, on, { root: "/", env: {} }).given).toEqual({ kind: "python", path });
});
