import { expect, test } from "vitest";
import { refusal } from "../cloud/program";
import { applyPlan } from "./apply";
import { newHandle } from "./handle";

const settings = { kind: "azureml", workspace: "ws", resourceGroup: "rg", endpoint: "wine" } as const;

test("an Azure that does not say what is there is not told to take it away", async () => {
  const handle = {
    ...newHandle("wine", settings),
    routes: [{ version: 1, role: "champion" as const, deployment: "v1-aaaa" }],
  };
  const asked: string[] = [];
  // It is away for the first question only.
  const json = async (words: readonly string[]) => {
    asked.push(words.slice(1, 3).join(" "));
    if (asked.length === 1) throw refusal({ cloud: "Azure", reasons: [] }, "say it", "Connection aborted.");
    return ["wine"];
  };
  const az = { json, run: () => Promise.reject(new Error("Nothing is run.")) };
  const place = { az, workspace: "ws", resourceGroup: "rg", subscription: null };
  const accessTo = () => ({ url: null, request: () => Promise.reject(new Error("Nobody is asked.")) });
  const plan = { name: "wine", settings: { target: "azure" }, routes: [], token: null };
  const options = {
    ...{ handle, keep() {}, onStep() {}, verify: async () => {} },
    signal: AbortSignal.timeout(10_000),
  };
  await expect(applyPlan({ place, settings, handle, accessTo }, plan, options)).rejects.toThrow("Connection aborted.");
  expect(asked).toEqual(["online-endpoint list"]);
});
