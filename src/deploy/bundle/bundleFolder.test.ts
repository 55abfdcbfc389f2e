import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../../store/testStore";
import { keepBundle, openBundle, readBundle } from "./bundleFolder";

const said = {
  ...{
    format: 1 as const,
    model: "wine",
    version: 1,
    run: null,
    flavour: "sklearn" as const,
    modelFormat: "joblib" as const,
  },
  ...{ executesCode: true, entry: "model/model.joblib", python: "3.11", requirements: [], input: null, sample: null },
};

function made(store: string, name: string, model = "the model"): string {
  const folder = path.join(store, "tmp", name);
  mkdirSync(path.join(folder, "model"), { recursive: true });
  writeFileSync(path.join(folder, "model/model.joblib"), model);
  writeFileSync(path.join(folder, "README.md"), "words");
  return folder;
}

test("equal contents have one hash, one folder, and are not to be written", async () => {
  const store = tempFolder();
  const first = await keepBundle(store, made(store, "one"), said);
  const second = await keepBundle(store, made(store, "two"), said);
  expect(second).toEqual(first);
  expect(existsSync(path.join(store, "tmp/two"))).toBe(false);
  expect(first.manifest.files.map((file) => file.path)).toEqual(["README.md", "model/model.joblib"]);
  expect(statSync(path.join(first.folder, "model/model.joblib")).mode & 0o222).toBe(0);
  expect(await openBundle(store, first.hash)).toEqual(first);
  for (const other of [
    { ...said, version: 2 },
    { ...said, requirements: ["numpy==2.0"] },
  ]) {
    expect((await keepBundle(store, made(store, "three"), other)).hash).not.toBe(first.hash);
  }
  expect((await keepBundle(store, made(store, "four", "another"), said)).hash).not.toBe(first.hash);
});

test("whatever was changed is found, and a damaged one is made anew in its place", async () => {
  const store = tempFolder();
  const { folder, hash } = await keepBundle(store, made(store, "one"), said);
  const model = path.join(folder, "model/model.joblib");
  const damage = async (change: () => void, words: string) => {
    change();
    await expect(openBundle(store, hash)).rejects.toThrow(words);
    expect((await keepBundle(store, made(store, "again"), said)).hash).toBe(hash);
    expect((await openBundle(store, hash)).folder).toBe(folder);
  };
  const write = (file: string, text: string) => {
    if (existsSync(file)) chmodSync(file, 0o644);
    writeFileSync(file, text);
  };
  await damage(() => write(model, "not model"), "model/model.joblib was changed");
  await damage(() => rmSync(model), "model/model.joblib is missing");
  await damage(() => write(path.join(folder, "numpy.py"), ""), "numpy.py does not belong to it");
  await damage(() => write(path.join(folder, "bundle.json"), "{"), "bundle.json cannot be understood");
  await expect(openBundle(store, "0".repeat(64))).rejects.toThrow("is not there any more");
  await expect(openBundle(store, "../tmp")).rejects.toThrow("is no bundle's hash");
  await expect(readBundle(store)).rejects.toThrow("There is no bundle in");
});
