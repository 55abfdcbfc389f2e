import { expect, test } from "vitest";
import { readable } from "./readableItem";

test("what is the user's turns nothing around in a view, for those who see it and those who hear it", () => {
  const item = readable({
    label: "net\u202egpj",
    description: "two\nlines",
    accessibilityInformation: { label: `net\u2067gpj ${"x".repeat(400)}`, role: "treeitem" },
  });
  expect(item.label).toBe("net\ufffdgpj");
  expect(item.description).toBe("two lines");
  expect(item.accessibilityInformation).toEqual({ label: `net\ufffdgpj ${"x".repeat(400)}`, role: "treeitem" });
});

test("an item without words of its own stays so", () => {
  expect(readable({ description: true })).toEqual({ description: true });
});
