import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { snapshotCode } from "./code";
import { makeRepository, makeStore, SOURCES, temporaryFolder, writeFiles } from "./code/testRepository";
import type { CodePlace } from "./codeReader";
import { checkSources } from "./sources";

test("used files that are not in the snapshot, or changed before they were used, are gaps", async () => {
  const root = makeRepository({ ...SOURCES, ".gitignore": "secret_code.py\n" });
  const elsewhere = path.join(temporaryFolder(), "site.py");
  fs.writeFileSync(elsewhere, "");
  writeFiles(root, { "secret_code.py": "x\n" });
  const { code } = await snapshotCode(root, makeStore());
  const place: CodePlace = { gitDir: code.gitDir!, commit: code.commit!, root: code.root };
  const takenAt = Date.now();
  const set = (name: string, ms: number) => fs.utimesSync(path.join(root, name), ms / 1000, ms / 1000);
  set("train.py", takenAt - 5000);
  set("lib/util.py", takenAt + 1000);
  set("lib/deep/a.py", takenAt + 9000);
  const names = ["train.py", "lib/util.py", "lib/deep/a.py", "secret_code.py", "gone.py"];
  const used = [...names.map((name) => path.join(root, name)), elsewhere];
  const check = await checkSources(
    place,
    takenAt,
    used.map((file) => ({ path: file, time: takenAt + 5000 })),
  );
  expect(check.missing).toEqual([path.join(root, "secret_code.py")]);
  expect(check.gaps.map(({ kind, path: name }) => [kind, name])).toEqual([
    ["changed-while-hashing", "lib/util.py"],
    ["ignored", "secret_code.py"],
  ]);
  expect(await checkSources(null, takenAt, [{ path: elsewhere, time: 0 }])).toEqual({ missing: [], gaps: [] });
});
