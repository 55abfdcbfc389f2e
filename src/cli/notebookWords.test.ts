import { expect, test } from "vitest";
import { UserError } from "../domain/errors";
import { parseNotebookWords } from "./notebookWords";

test("takes parameters in both spellings, and the Python", () => {
  const words = ["-p", "lr=0.1", "--depth", "-3", "--name=a=b", "--param", "x=", "--python", "/bin/python3"];
  expect(parseNotebookWords(words)).toEqual({
    param: ["lr=0.1", "depth=-3", "name=a=b", "x="],
    python: "/bin/python3",
  });
});

test.each([[["-p"]], [["--lr"]], [["value"]], [["-x", "1"]]])("refuses %j", (words) => {
  expect(() => parseNotebookWords(words)).toThrow(UserError);
});
