import { expect, test } from "vitest";
import { displayPath, fsPath } from "./spoolPath";

// As Python's json writes os.fsdecode(b"/data/caf\xe9.csv") under UTF-8.
const latin1Name = JSON.parse('"/data/caf\\udce9.csv"') as string;

test("a name that is not valid UTF-8 gets its bytes back", () => {
  expect(fsPath(latin1Name)).toEqual(Buffer.from("/data/caf\xe9.csv", "latin1"));
  expect(displayPath(latin1Name)).toBe("/data/caf\\xe9.csv");
});

test("neighbouring bad bytes and well-formed text around them are kept", () => {
  const path = JSON.parse('"/\\u00e9\\udcff\\udc80/\\ud83d\\ude00"') as string;
  expect(fsPath(path)).toEqual(Buffer.concat([Buffer.from("/é"), Buffer.of(0xff, 0x80), Buffer.from("/😀")]));
  expect(displayPath(path)).toBe("/é\\xff\\x80/😀");
});

test.each(["/plain/path", "/naïve/ファイル", "/emoji/😀"])("%s stays as it is", (path) => {
  expect(fsPath(path)).toBe(path);
  expect(displayPath(path)).toBe(path);
});
