import { expect, test } from "vitest";
import { refusal } from "../cloud/program";
import { applyPlan } from "./apply";
import { GOOGLE } from "./gcloud";
import { newHandle } from "./handle";

const settings = { kind: "vertex", project: "p", region: "europe-west4", image: "host/{hash}" } as const;

test("a Vertex AI that does not say what is there is not told to take it away", async () => {
  const routes = [{ version: 1, role: "champion" as const, deployed: "123456789" }];
  const handle = { ...newHandle("wine", settings), routes };
  const changes: string[] = [];
  let questions = 0;
  const change = async (words: readonly string[] | string) => {
    changes.push(String(words));
    return "";
  };
  const gcloud = { run: change, json: change };
  const api = {
    async get() {
      // It is away for the first question only.
      if (questions++ === 0) throw refusal(GOOGLE, "say it", "UNAVAILABLE: Come again later.");
      return { deployedModels: [{ id: "123456789" }], trafficSplit: { "123456789": 100 } };
    },
    post: change as never,
  };
  const place = { gcloud, api, project: "p", region: "europe-west4" };
  const accessTo = () => ({ url: null, request: () => Promise.reject(new Error("Nobody is asked.")) });
  const plan = { name: "wine", settings: { target: "google" }, routes: [], token: null };
  const options = {
    ...{ handle, keep() {}, onStep() {}, verify: async () => {} },
    signal: AbortSignal.timeout(10_000),
  };
  await expect(applyPlan({ place, settings, handle, accessTo }, plan, options)).rejects.toThrow("Come again later.");
  expect(changes).toEqual([]);
});
