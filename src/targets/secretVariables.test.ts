import { expect, test } from "vitest";
import { recordedVariables } from "../snapshot/environment";
import { keptVariables } from "./queue/keptVariables";
import { packSecrets, SECRETS_VARIABLE } from "./secretVariables";
import { targetEnvironment, withoutSecrets } from "./targetEnvironment";

const packed = packSecrets({ ray: { RAY_TOKEN: "t" }, box: { A: "a", B: "b" }, none: {} });
const env = { PATH: "/bin", ...packed };

test("each target gets its own, and commands here none", () => {
  expect(targetEnvironment(env, "ray")).toEqual({ PATH: "/bin", RAY_TOKEN: "t" });
  expect(targetEnvironment(env, "box")).toEqual({ PATH: "/bin", A: "a", B: "b" });
  expect(targetEnvironment(env, "other")).toEqual({ PATH: "/bin" });
  expect(withoutSecrets(env)).toEqual({ PATH: "/bin" });
});

test("no secrets, no variable; a text that is not ours gives none", () => {
  expect(packSecrets({ ray: {} })).toEqual({});
  expect(targetEnvironment({ [SECRETS_VARIABLE]: "nonsense" }, "ray")).toEqual({});
});

test("it is neither kept with jobs nor recorded with runs", () => {
  expect(JSON.stringify([keptVariables(env), recordedVariables(env)])).not.toContain("RAY_TOKEN");
});
