import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { Environment } from "../domain/run";
import { tempFolder } from "../store/testStore";
import { lockOf } from "./lock";

const environment = (packages: Record<string, string>, part: Partial<Environment> = {}): Environment => ({
  python: "3.11.7",
  executable: "/usr/bin/python3",
  implementation: "cpython",
  platform: "Linux",
  cpu: "",
  cores: 1,
  memory: 1,
  gpus: [],
  packages,
  imported: [],
  variables: {},
  ...part,
});

it("pins every package, and has the same key for the same packages", () => {
  const lock = lockOf(environment({ scipy: "1.17.1", numpy: "2.0.0", torch: "2.3.0+cu121" }), []);
  expect(lock).toMatchObject({
    python: "3.11.7",
    requirements: ["numpy==2.0.0", "scipy==1.17.1", "torch==2.3.0+cu121"],
    left: [],
    ownFolders: [],
  });
  expect(lockOf(environment({ numpy: "2.0.0", torch: "2.3.0+cu121", scipy: "1.17.1" }), []).key).toBe(lock.key);
  expect(lockOf(environment({ numpy: "2.0.1" }), []).key).not.toBe(lock.key);
  expect(lockOf(environment({}, { python: "3.12.0" }), []).key).not.toBe(lockOf(environment({}), []).key);
});

it.each([
  ["pyproject.toml", '[project]\nname = "My_Project"\n'],
  ["pyproject.toml", '[tool.poetry]\nname = "my-project"\n'],
  ["setup.cfg", "[metadata]\nname = my.project\n"],
  ["setup.py", "from setuptools import setup\nsetup(name='my-project', version='1')\n"],
])("takes the project itself from the restored code: %s", (file, content) => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, file), content);
  mkdirSync(path.join(folder, "src"));
  const lock = lockOf(environment({ "my-project": "0.1", numpy: "2.0.0" }), [folder, "/nowhere"]);
  expect(lock.requirements).toEqual(["numpy==2.0.0"]);
  expect(lock.ownFolders).toEqual([folder, path.join(folder, "src")]);
  expect(lock.left[0]).toContain("my-project is the project itself");
});

it("leaves out what conda installed, and says so", () => {
  const { requirements, left } = lockOf(environment({ numpy: "2.0.0", "conda:cudatoolkit": "11.8" }), []);
  expect(requirements).toEqual(["numpy==2.0.0"]);
  expect(left[0]).toMatch(/conda \(cudatoolkit/);
});

it("refuses what cannot be had again", () => {
  const git = environment({ mine: "1.0 @ 1f3c9ab0" });
  expect(() => lockOf(git, [])).toThrow(/mine 1\.0 @ 1f3c9ab0 was installed from a repository/);
  expect(() => lockOf(environment({}, { implementation: "pypy" }), [])).toThrow(/for CPython only/);
  expect(() => lockOf(environment({}, { python: null }), [])).toThrow(/No Python environment/);
});
