import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { comparePaths } from "../domain/pathOrder";
import { objectPath } from "../store/objects";
import { tempFolder } from "../store/testStore";
import { type ManifestEntry, readManifest, writeManifest } from "./manifest";

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const entry = (path: string, size = 3): ManifestEntry => ({ path, sha256: hashOf(path), size });

async function readAll(folder: string, version: string): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  for await (const one of readManifest(folder, version)) entries.push(one);
  return entries;
}

describe("a manifest", () => {
  it("is lines of hash, size and path, named by its own hash", async () => {
    const folder = tempFolder();
    const { version, files, size } = await writeManifest(folder, [entry("b c.csv", 5), entry("a.csv", 10)]);
    const text = `${hashOf("a.csv")} 10 a.csv\n${hashOf("b c.csv")} 5 b c.csv\n`;
    expect(readFileSync(objectPath(folder, version), "utf8")).toBe(text);
    expect({ version, files, size }).toEqual({ version: hashOf(text), files: 2, size: 15 });
  });

  it("gives back every name, in the order of the bytes", async () => {
    const folder = tempFolder();
    const names = [
      "\u{1f600}.png",
      "\uffee.png",
      "é.png",
      "z",
      "Z",
      'say "hi"',
      '"quoted"',
      "two\nlines",
      "tab\t",
      "a b",
      "a",
    ];
    const { version } = await writeManifest(
      folder,
      names.map((name) => entry(name)),
    );
    const found = await readAll(folder, version);
    const expected = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(found).toEqual(expected.map((name) => entry(name)));
    expect(names.sort(comparePaths)).toEqual(expected);
  });

  it("is the same whatever the order of the files, and is written once", async () => {
    const folder = tempFolder();
    const entries = Array.from({ length: 5_000 }, (_, i) => entry(`data/${i}.bin`));
    const first = await writeManifest(folder, entries);
    const again = await writeManifest(folder, entries.toReversed());
    expect(again).toEqual(first);
    expect(readdirSync(`${folder}/tmp`)).toEqual([]);
    expect(await readAll(folder, first.version)).toHaveLength(5_000);
  });

  it("can be of no files", async () => {
    const folder = tempFolder();
    const { version } = await writeManifest(folder, []);
    expect(await readAll(folder, version)).toEqual([]);
  });

  it("is told to be damaged or missing", async () => {
    const folder = tempFolder();
    const { version } = await writeManifest(folder, [entry("a"), entry("b")]);
    const path = objectPath(folder, version);
    const whole = readFileSync(path, "utf8");
    chmodSync(path, 0o644);
    for (const damage of [whole.replace(" 3 ", " 4 "), whole.slice(0, 50), whole.split("\n")[0]!, "x"]) {
      writeFileSync(path, damage);
      await expect(readAll(folder, version), damage).rejects.toThrow("is damaged");
    }
    rmSync(path);
    await expect(readAll(folder, version)).rejects.toThrow("not in the store any more");
  });
});
