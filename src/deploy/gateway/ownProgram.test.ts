import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { tempFolder } from "../../store/testStore";
import { ownProgram } from "./ownProgram";

/** A folder as an extension has it. */
function dist(text: string): string {
  const folder = tempFolder();
  for (const name of ["cli.js", "cli-main.js", "cli-main.part-a-1.js"]) writeFileSync(path.join(folder, name), text);
  writeFileSync(path.join(folder, "extension.js"), "");
  return path.join(folder, "cli.js");
}

test("a command is copied once for each version of it, whole, and a copy is not copied", () => {
  const folder = tempFolder();
  const [node, first, ...words] = ownProgram(folder, [process.execPath, dist("1"), "x"]);
  expect([node, words]).toEqual([process.execPath, ["x"]]);
  expect(first).toContain(path.join(folder, "program"));
  for (const name of ["cli.js", "cli-main.part-a-1.js"]) {
    expect(readFileSync(path.join(path.dirname(first!), name), "utf8")).toBe("1");
  }
  expect(ownProgram(folder, [process.execPath, dist("1")])[1]).toBe(first);
  expect(ownProgram(folder, [process.execPath, first!])).toEqual([process.execPath, first]);
  expect(ownProgram(folder, [process.execPath, dist("2")])[1]).not.toBe(first);
});

test("a Node that went with its editor is replaced by that of the PATH; what is no launcher of ours stays", () => {
  const bin = tempFolder();
  const node = path.join(bin, process.platform === "win32" ? "node.exe" : "node");
  writeFileSync(node, "");
  vi.stubEnv("PATH", bin);
  expect(ownProgram(tempFolder(), ["/gone/node", "/gone/other.js"])).toEqual([node, "/gone/other.js"]);
  expect(ownProgram(tempFolder(), ["/a/program"])).toEqual(["/a/program"]);
});
