import { createHash } from "node:crypto";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { objectPath, putBytes } from "../store/objects";
import { tempFolder, tempStore } from "../store/testStore";
import { findContent } from "./findContent";
import { createKeptCounter } from "./keptFiles";
import { writeManifest } from "./manifest";
import { buildHashWorker } from "./testWorker";
import { verifyDatasets } from "./verifyDatasets";

const workerFile = buildHashWorker();
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

async function version(folder: string, contents: Record<string, string>, kept: string[]): Promise<string> {
  for (const name of kept) await putBytes(folder, Buffer.from(contents[name]!));
  const files = Object.entries(contents).map(([path, text]) => ({ path, sha256: hashOf(text), size: text.length }));
  return (await writeManifest(folder, files)).version;
}

it("counts what is kept, and names what is damaged", async () => {
  const folder = tempFolder();
  const contents = { "a.csv": "one", "b.csv": "three", "big.bin": "not kept", "copy.csv": "one" };
  const first = await version(folder, contents, ["a.csv", "b.csv"]);
  expect(await createKeptCounter(folder)(first, 4)).toEqual({ files: 3, size: 11 });
  expect(await createKeptCounter(folder)(first, 10_000)).toEqual({ files: 3, size: 11 });
  const versions = [
    { name: "x", version: first },
    { name: "y", version: first },
  ];
  const options = { workerFile };
  expect(await verifyDatasets(folder, versions, options)).toEqual({
    versions: 2,
    good: { files: 2, size: 8 },
    hashOnly: { files: 1, size: 8 },
    faults: [],
  });
  const damaged = objectPath(folder, hashOf("three"));
  chmodSync(damaged, 0o644);
  writeFileSync(damaged, "thxee");
  const second = await version(folder, { "c.csv": "four" }, ["c.csv"]);
  rmSync(objectPath(folder, second));
  const report = await verifyDatasets(folder, [...versions, { name: "z", version: second }], options);
  expect(report.faults).toEqual([
    { name: "z", version: second, path: null, sha256: second, message: expect.stringContaining("not in the store") },
    { name: "x", version: first, path: "b.csv", sha256: hashOf("three"), message: "What is kept of b.csv is damaged." },
  ]);
});

it("finds the bytes of a file where they are", async () => {
  const store = tempStore();
  const file = (path: string, text: string) => ({ path, sha256: hashOf(text), size: text.length });
  await putBytes(store.folder, Buffer.from("kept"));
  writeFileSync(join(store.root, "there.csv"), "there");
  expect(await findContent(store, file("x.csv", "kept"))).toBe(objectPath(store.folder, hashOf("kept")));
  expect(await findContent(store, file("there.csv", "there"))).toBe(join(store.root, "there.csv"));
  expect(await findContent(store, file("there.csv", "other"))).toBe(null);
  expect(await findContent(store, file("gone.csv", "there"))).toBe(null);
});
