import { expect, test } from "vitest";
import { createNoted, readNotes, writeNotes } from "./snapshotNotes";

test("notes carry any bytes, and are found among other lines", () => {
  const notes = {
    absent: ["plain/path", "line\nbreak", "percent %41", "bytes \xff\x00"],
    content: ["models/"],
    decrypted: ["a key"],
  };
  const lines = writeNotes(notes);
  expect(lines).toEqual([
    "Absent: bytes%20%ff%00",
    "Absent: line%0abreak",
    "Absent: percent%20%2541",
    "Absent: plain/path",
    "Content: models/",
    "Decrypted: a%20key",
  ]);
  const commit = (email: string) =>
    ["tree 1234", `committer Modeltrail <${email}> 0 +0000`, "", "Modeltrail snapshot", "", ...lines, ""].join("\n");
  expect(readNotes(commit("modeltrail@localhost"))).toEqual({ ...notes, absent: [...notes.absent].sort() });
  expect(readNotes(commit("ada@example.org"))).toEqual({ absent: [], content: [], decrypted: [] });
});

test("a folder stands for all that is in it", () => {
  const isNoted = createNoted(["docs/", "a/b.py"]);
  expect(["docs/x", "docs/y/z", "a/b.py"].every(isNoted)).toBe(true);
  expect(["docs", "a/b", "a/c.py", "x/docs/y"].some(isNoted)).toBe(false);
});
