import { expect, test } from "vitest";
import { namesOnDisk } from "./namesOnDisk";
import { temporaryFolder, writeFiles } from "./testRepository";

const bytes = (name: string) => Buffer.from(name).toString("latin1");

test("files and folders that are called otherwise on disk", () => {
  const top = temporaryFolder();
  writeFiles(top, { "model.py": "", "pack/Deep/a.py": "", "same.py": "", "Größe.py": "", "caf\u0065\u0301.py": "" });
  const paths = [
    "Model.py",
    "Pack/deep/A.py",
    "same.py",
    "gone.py",
    "pack/gone/b.py",
    bytes("größe.py"),
    bytes("caf\u00e9.py"),
  ];
  expect([...namesOnDisk(top, paths)]).toEqual([
    ["Model.py", "model.py"],
    ["Pack/deep/A.py", "pack/Deep/a.py"],
    [bytes("größe.py"), bytes("Größe.py")],
  ]);
});
