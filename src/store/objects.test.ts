import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../domain/errors";
import { hashFile, hasObject, objectPath, putBytes, putFile } from "./objects";
import { tempDisk, tempFolder } from "./testStore";

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** All files below the store's objects. */
function objects(folder: string): string[] {
  return readdirSync(join(folder, "objects"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

test("a file is kept under its hash, cannot be written to, and is kept once", async () => {
  const folder = tempFolder();
  const bytes = randomBytes(3_000_000); // more than one piece
  const path = join(folder, "model.bin");
  writeFileSync(path, bytes);
  chmodSync(path, 0o755);
  expect(await putFile(folder, path)).toEqual({ sha256: sha(bytes), size: bytes.length });
  expect(await putFile(folder, path)).toEqual({ sha256: sha(bytes), size: bytes.length });
  expect(await putBytes(folder, bytes)).toEqual({ sha256: sha(bytes), size: bytes.length });
  const kept = objectPath(folder, sha(bytes));
  expect(kept).toBe(join(folder, "objects", sha(bytes).slice(0, 2), sha(bytes).slice(2)));
  expect(readFileSync(kept).equals(bytes)).toBe(true);
  expect(statSync(kept).mode & 0o222).toBe(0);
  expect(objects(folder)).toHaveLength(1);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test("the original may change afterwards", async () => {
  const folder = tempFolder();
  const path = join(folder, "a");
  writeFileSync(path, "before");
  const { sha256 } = await putFile(folder, path);
  writeFileSync(path, "after!");
  expect(readFileSync(objectPath(folder, sha256), "utf8")).toBe("before");
});

test("what is known to be kept is not read; what was thought to be in the file is checked", async () => {
  const folder = tempFolder();
  const known = await putBytes(folder, Buffer.from("known"));
  expect(await putFile(folder, join(folder, "not-there"), known.sha256)).toEqual(known);
  const path = join(folder, "changed");
  writeFileSync(path, "new content");
  const stale = sha(Buffer.from("old content"));
  expect(await putFile(folder, path, stale)).toEqual({ sha256: sha(Buffer.from("new content")), size: 11 });
  expect(hasObject(folder, stale)).toBe(false);
});

test("empty content is content", async () => {
  const folder = tempFolder();
  const { sha256, size } = await putBytes(folder, new Uint8Array());
  expect(size).toBe(0);
  expect(await hashFile(objectPath(folder, sha256))).toEqual({ sha256, size: 0 });
});

test("many at once of the same content end as one", async () => {
  const folder = tempFolder();
  const path = join(folder, "a");
  writeFileSync(path, randomBytes(100_000));
  const results = await Promise.all(Array.from({ length: 20 }, () => putFile(folder, path)));
  expect(new Set(results.map((result) => result.sha256)).size).toBe(1);
  expect(objects(folder)).toHaveLength(1);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
});

test("a file that is not there, or a name that is no hash, is an error and leaves nothing", async () => {
  const folder = tempFolder();
  await expect(putFile(folder, join(folder, "none"))).rejects.toThrow(/ENOENT/);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  expect(() => objectPath(folder, "../../etc/passwd")).toThrow();
  expect(() => objectPath(folder, "AB".repeat(32))).toThrow();
});

test("a full disk is said and leaves nothing half", async ({ skip }) => {
  const disk = tempDisk("1m") ?? skip("needs the right to mount");
  const path = join(tempFolder(), "big");
  writeFileSync(path, randomBytes(2_000_000));
  await expect(putFile(disk, path)).rejects.toThrow(UserError);
  await expect(putBytes(disk, randomBytes(2_000_000))).rejects.toThrow(/disk is full/);
  expect(readdirSync(join(disk, "tmp"))).toEqual([]);
  expect(existsSync(join(disk, "objects"))).toBe(false);
  await putBytes(disk, randomBytes(1_000));
});
