import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Store } from "../store/contract";
import { tempStore } from "../store/testStore";
import { modelCard } from "./card";
import { cardTexts, fillCard, notTakenOver, readCardTexts } from "./cardTexts";
import { versionLineage } from "./lineage";
import { registerModel } from "./register";
import { versionName } from "./resolveVersion";
import { mlmodel, runWithFiles } from "./testRegistry";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const ENVIRONMENT = {
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "cpython",
  platform: "Linux-6.1",
  cpu: "A CPU",
  cores: 2,
  memory: 1,
  gpus: [],
  packages: { numpy: "2.0", "scikit-learn": "1.7", pip: "1" },
  imported: ["numpy", "scikit-learn"],
  variables: {},
};

async function versionWithAll(store: Store): Promise<void> {
  const run = await runWithFiles(
    store,
    { "out/model.joblib": "bytes" },
    {
      part: { name: "calm-sea-1", startTime: Date.UTC(2026, 0, 2), command: ["python", "train.py", "--lr", "0.1"] },
      batch: {
        params: { lr: "0.1", "a|b": "<x>" },
        points: [
          {
            source: "output",
            points: [0.5, 0.25].map((value, step) => ({ key: "loss", step, time: step, value })),
          },
        ],
        environment: ENVIRONMENT,
        gaps: [{ kind: "other", message: "The GPU's state was not captured." }],
      },
    },
  );
  store.ingest(run, { data: [{ path: "data/wine.csv", sha256: sha256("w"), size: 12_000, role: "read" }] });
  await registerModel(store, {
    run,
    description: "The first *good* one",
    tags: { team: "red" },
    aliases: ["champion"],
  });
  const gate = { model: "wine", version: 1, step: "promote" as const, kind: "metric", detail: {}, duration: 1 };
  const time = Date.UTC(2026, 0, 3);
  store.gates.add({ ...gate, gate: "good", verdict: "passed", summary: "loss 0.25 is below 0.3", time });
}

test("the card tells what is recorded, and nothing of it is taken for Markdown", async () => {
  const store = tempStore();
  await versionWithAll(store);
  const version = store.registry.version("wine", 1)!;
  const card = modelCard(store, version)
    .replaceAll(version.run!, "RUN")
    .replace(/Registered\*\*: [\d-]+/, "Registered**: DAY");
  await expect(card).toMatchFileSnapshot("card.golden.md");
});

test("what was filled in stays, is found again in the card, and is taken over by the next version", async () => {
  const store = tempStore();
  await versionWithAll(store);
  const version = () => store.registry.version("wine", 1)!;
  const text = "Tell *cultivars* apart.\n\n- not beer";
  fillCard(store, version(), { "intended-use": text, limitations: undefined });
  const card = modelCard(store, version());
  expect(card).toContain(text);
  expect(readCardTexts(card.replaceAll("\n", "\r\n"))).toEqual({ "intended-use": text });
  const filled = card.replace(/\*What is it not for.*\*/, "Old vines.");
  fillCard(store, version(), readCardTexts(filled));
  expect(modelCard(store, version())).toBe(filled);

  await registerModel(store, { run: await runWithFiles(store, { "other.joblib": "new" }) });
  const next = () => store.registry.version("wine", 2)!;
  expect(modelCard(store, next())).toContain(`${text}\n<!-- /modeltrail -->\n\n*As of version 1.*`);
  // Taken over as it stands, a text is still that of the version that it was written for.
  fillCard(store, next(), readCardTexts(modelCard(store, next())));
  expect(cardTexts(store, next())["intended-use"]).toEqual({ text, version: 1 });
  fillCard(store, next(), { limitations: "Young vines.", "intended-use": "" });
  expect(cardTexts(store, next())).toEqual({ limitations: { text: "Young vines.", version: 2 } });
  expect(modelCard(store, next())).toContain("*What is it for, who uses it");
  expect(cardTexts(store, version())["intended-use"]).toEqual({ text, version: 1 });
  expect(() => readCardTexts("# Something else")).toThrow(/no model card/);
});

test("a card whose texts were not taken over is told from one that can be written anew", async () => {
  const store = tempStore();
  await versionWithAll(store);
  const version = () => store.registry.version("wine", 1)!;
  fillCard(store, version(), { notes: "See https://ann:sesame@wiki/wine" });
  const card = modelCard(store, version());
  expect(notTakenOver(store, version(), card)).toEqual([]);
  const filled = card.replace(/\*What is it not for.*\*/, "Old vines.").replace("***@", "ann:sesame@");
  expect(notTakenOver(store, version(), filled)).toEqual(["Limitations"]);
  expect(notTakenOver(store, version(), card.replace("See https://***@wiki/wine", ""))).toEqual(["Notes"]);
  fillCard(store, version(), readCardTexts(filled));
  expect(notTakenOver(store, version(), filled)).toEqual([]);
});

test("a gate that was passed over, an archived version and a run that is gone are told", async () => {
  const store = tempStore();
  await versionWithAll(store);
  const { run } = store.registry.version("wine", 1)!;
  store.audit.add({ action: "gate.override", subject: "models/wine/1", reason: "no time" });
  store.registry.setStage("wine", 1, "Archived", false);
  store.registry.setVersionTag("wine", 1, "modeltrail.archived", "biased");
  store.deleteRuns([run!]);
  store.freeRuns([run!]);
  const card = modelCard(store, store.registry.version("wine", 1)!);
  expect(card).toMatch(/- Passed over on [\d-]+ by .+: no time/);
  expect(card).toContain("- **Archived because**: biased");
  expect(card).toContain(`- **Run**: \`${run}\`, which is not here any more`);
  expect(card).not.toContain("## Params");
});

test("the versions that a run was begun from are its parents", async () => {
  const store = tempStore();
  await registerModel(store, { run: await runWithFiles(store, { "base.joblib": "base" }), name: "base" });
  const part = { startTime: Date.now() + 1 };
  const tuned = await runWithFiles(store, { "tuned.joblib": "tuned" }, { part });
  store.ingest(tuned, { data: [{ path: "base.joblib", sha256: sha256("base"), size: 4, role: "read" }] });
  const { version } = await registerModel(store, { run: tuned });
  expect(modelCard(store, version)).toContain("- **Made from**: base/1");
});

test("an equal file beside the model, a version of the same run and one registered later are no parents", async () => {
  const store = tempStore();
  const read = (text: string) => ({ path: text, sha256: sha256(text), size: text.length, role: "read" as const });
  const files = { "a/MLmodel": mlmodel("m-1"), "a/requirements.txt": "numpy" };
  await registerModel(store, { run: await runWithFiles(store, files), name: "other" });
  await registerModel(store, { run: await runWithFiles(store, { "base.joblib": "base" }), name: "base" });
  const parents = async (startTime: number, texts: string[]) => {
    const run = await runWithFiles(store, { "tuned.joblib": `tuned ${startTime}` }, { part: { startTime } });
    store.ingest(run, { data: [...texts, `tuned ${startTime}`].map(read) });
    await registerModel(store, { run, name: "copy" });
    const { version } = await registerModel(store, { run });
    return versionLineage(store, version).parents.map(versionName);
  };
  const now = Date.now();
  expect(await parents(now + 1, ["numpy"])).toEqual([]);
  expect(await parents(now + 2, ["numpy", "base", mlmodel("m-1")])).toEqual(["other/1", "base/1"]);
  expect(await parents(now - 60_000, ["base"])).toEqual([]);
});
