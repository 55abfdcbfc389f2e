import { expect, test } from "vitest";
import { absenceNotes, readAbsent } from "./snapshotNotes";

test("names of any bytes come back from a commit's message", () => {
  const names = ["docs/", "a b.csv", "50%.txt", "new\nline", "\xc3\xa9/", "\xff", "%41"];
  const notes = absenceNotes(names);
  expect(notes.every((line) => /^Absent: [!-~]+$/.test(line))).toBe(true);
  expect(readAbsent(["tree 1234", "", "Modeltrail snapshot", "", ...notes, ""].join("\n"))).toEqual([...names].sort());
  expect(absenceNotes([])).toEqual([]);
});
