import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { hasObject, objectPath } from "../store/objects";
import { hashFile } from "./hashTask";

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

function setUp(content: string): { file: string; store: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "modeltrail-task-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, "data.csv");
  fs.writeFileSync(file, content);
  return { file, store: path.join(folder, "store") };
}

/** Calls `action` after each read of a file's content. */
function onRead(action: (count: number) => void): void {
  const read = fs.readSync;
  let count = 0;
  vi.spyOn(fs, "readSync").mockImplementation(((...args: Parameters<typeof read>) => {
    const bytes = read(...args);
    action(++count);
    return bytes;
  }) as typeof read);
}

test("a file that is changed once while it is read is read again", () => {
  const { file, store } = setUp("before");
  onRead((count) => count === 1 && fs.appendFileSync(file, " and after"));
  expect(hashFile({ path: file, keepIn: store })).toMatchObject({
    state: "hashed",
    sha256: sha256("before and after"),
  });
  expect(hasObject(store, sha256("before"))).toBe(false);
  expect(fs.readFileSync(objectPath(store, sha256("before and after")), "utf8")).toBe("before and after");
  expect(fs.readdirSync(path.join(store, "tmp"))).toEqual([]);
});

test("a file that is written to all the time has no hash", () => {
  const { file, store } = setUp("x");
  let more = 0;
  onRead((count) => more++ < 100 && count % 2 === 1 && fs.appendFileSync(file, "x"));
  expect(hashFile({ path: file, keepIn: store })).toEqual({ state: "changing" });
  expect(fs.existsSync(path.join(store, "objects"))).toBe(false);
});

test("a file that is replaced while it is read keeps what was read", () => {
  const { file } = setUp("old");
  onRead((count) => {
    if (count !== 1) return;
    fs.writeFileSync(`${file}.new`, "new content");
    fs.renameSync(`${file}.new`, file);
  });
  // Losing its name changes the old file's ctime, so that it is looked at once more.
  expect(hashFile({ path: file, keepIn: null })).toMatchObject({ state: "hashed", sha256: sha256("new content") });
});

test("a full disk leaves the hash, and says why there is no more", () => {
  const { file, store } = setUp("content");
  vi.spyOn(fs, "writeSync").mockImplementation(() => {
    throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  });
  const outcome = hashFile({ path: file, keepIn: store });
  expect(outcome).toMatchObject({ state: "hashed", sha256: sha256("content"), notKept: "ENOSPC" });
  expect(fs.readdirSync(path.join(store, "tmp"))).toEqual([]);
});

test("a name that leads through a file, and one without permission", () => {
  const { file } = setUp("x");
  expect(hashFile({ path: path.join(file, "below"), keepIn: null })).toEqual({ state: "missing" });
  vi.spyOn(fs, "openSync").mockImplementation(() => {
    throw Object.assign(new Error("denied"), { code: "EACCES" });
  });
  expect(hashFile({ path: file, keepIn: null })).toEqual({ state: "unreadable", reason: "EACCES" });
});
