import { expect, test } from "vitest";
import type { Route, Served } from "../domain/deployment";
import { problemText, stateText } from "./deploymentText";

const route: Route = { model: "wine", version: 3, bundle: "b", role: "champion", percent: 100 };
const down: Served = { state: "down", detail: "It ended\nby itself.", endpoint: null, versions: [], traffic: null };
const none = { name: "wine", routes: [], handle: null, served: null };

test.each([
  ["undeployed", none, "not deployed", ""],
  ["undeployed, with what was seen before", { ...none, served: down }, "not deployed", ""],
  ["a first change that broke off", { ...none, handle: {} }, "unfinished", /modeltrail deployments undeploy wine$/],
  ["never looked at", { ...none, routes: [route], handle: {} }, "not looked at", ""],
  ["down", { ...none, routes: [route], handle: {}, served: down }, "down", "It ended\\nby itself."],
])("%s: how it stands, and what to do", (_, deployment, state, problem) => {
  expect(stateText(deployment)).toBe(state);
  expect(problemText(deployment)).toEqual(typeof problem === "string" ? problem : expect.stringMatching(problem));
});
