import { expect, test } from "vitest";
import { newHandle } from "./handle";
import { undeploy } from "./undeploy";

test("what Vertex AI tells in several pages is removed to the last", async () => {
  const changes: string[] = [];
  const run = async (words: readonly string[]) => {
    changes.push(words.slice(1, 4).join(" "));
    return "";
  };
  const api = {
    async get(path: string) {
      if (!path.startsWith("models?filter=")) return undefined;
      if (path.includes("&pageToken=a%2Fb")) return { models: [{ name: "projects/p/models/two" }] };
      return { models: [{ name: "projects/p/models/one" }], nextPageToken: "a/b" };
    },
    post: () => Promise.reject(new Error("Nothing is sent.")),
  };
  const place = { gcloud: { run, json: run }, api, project: "p", region: "europe-west4" };
  await undeploy(place, newHandle("wine", place), AbortSignal.timeout(10_000));
  expect(changes).toEqual(["models delete one", "models delete two"]);
});
