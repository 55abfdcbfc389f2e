import { expect, test } from "vitest";
import { newRun, tempStore } from "../../store/testStore";
import { requireTrust } from "./trust";
import { forgetTrusted, trustedInWords, trustedSources } from "./trusted";

test("what was trusted is listed by its name, and is asked for again when it was forgotten", async () => {
  const store = tempStore();
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  const run = store.createRun(newRun());
  const version = (from: { run: string | null; location: string }) =>
    store.registry.createVersion({
      ...{ model: "wine", description: "", source: from.location, runLink: "", loggedModel: null, tags: {}, ...from },
    });
  const recorded = version({ run, location: `runs:/${run}/model` });
  const sent = version({ run: null, location: "https://models.example/wine" });
  const yes = async () => true;
  await requireTrust(store, recorded, yes);
  await requireTrust(store, sent, yes);
  store.trust.trust("runs another /project");
  expect(trustedSources(store).map(trustedInWords).sort()).toEqual([
    "https://models.example",
    "on another machine or in another folder: runs another /project",
    "runs that were recorded in this project",
  ]);
  expect(forgetTrusted(store, "runs")).toMatchObject({ name: "runs", isHere: true });
  await expect(requireTrust(store, recorded, async () => false)).rejects.toThrow("runs code");
  expect(() => forgetTrusted(store, "runs")).toThrow("What is: ");
  forgetTrusted(store, "runs another /project");
  forgetTrusted(store, "address https://models.example");
  expect(() => forgetTrusted(store, "runs")).toThrow("Nothing is.");
});
