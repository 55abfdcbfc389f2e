import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { gitIn, makeRepository, SOURCES, temporaryFolder } from "../../snapshot/code/testRepository";
import { writeManifest } from "../../snapshot/manifest";
import type { Store } from "../../store/contract";
import { putBytes } from "../../store/objects";
import { openStore } from "../../store/open";
import { newRun, tempStore } from "../../store/testStore";
import { freeSpace } from "../free";
import { planFreeing } from "../plan";
import { DEFAULT_RULES } from "../rules";
import { placeOf, record, snapshotRefs } from "../testSpace";
import { repairStore } from "./repair";

/** The recorder's part: see test/space. */
const settle = async () => {};

/** Messages by outcome. */
async function repair(store: Pick<Store, "root" | "folder">): Promise<string[]> {
  const findings = await repairStore(store.root, store.folder, { settle });
  return findings.map(({ part, outcome, message }) => `${outcome} ${part}: ${message}`);
}

function overwrite(file: string, text: string): void {
  chmodSync(file, 0o644);
  writeFileSync(file, text);
}

test("a sound store is left as it is", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  const id = await record(store, { code: true, data: { "a.csv": "a" } });
  const before = store.getRun(id);
  expect(await repair(store)).toEqual([]);
  expect(store.getRun(id)).toEqual(before);
});

test("damaged and missing files are kept again from the project, else said on the runs that use them", async () => {
  const store = tempStore();
  const id = await record(store, {
    data: { "here.csv": "same", "changed.csv": "old", "gone.csv": "gone", "lost.csv": "lost" },
  });
  const other = await record(store, { artifacts: { "copy.csv": "old" } });
  writeFileSync(path.join(store.root, "here.csv"), "same");
  writeFileSync(path.join(store.root, "lost.csv"), "lost");
  writeFileSync(path.join(store.root, "changed.csv"), "new");
  overwrite(await placeOf(store, "same"), "sbme");
  overwrite(await placeOf(store, "old"), "");
  rmSync(await placeOf(store, "lost"));
  rmSync(await placeOf(store, "gone"));

  const found = await repair(store);
  expect(found).toHaveLength(4);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^repaired files: here\.csv was damaged in the store, and was kept again from .*here\.csv/),
      expect.stringMatching(/^repaired files: lost\.csv was missing/),
      expect.stringMatching(/^lost files: (copy|changed)\.csv was damaged/),
      expect.stringMatching(/^lost files: gone\.csv was missing/),
    ]),
  );
  for (const text of ["same", "lost"]) expect(readFileSync(await placeOf(store, text), "utf8")).toBe(text);
  const gaps = (run: string) => store.getRun(run)!.gaps.map(({ kind, path: name }) => [kind, name]);
  expect(gaps(id).sort()).toEqual([
    ["hash-only", "changed.csv"],
    ["hash-only", "gone.csv"],
  ]);
  expect(gaps(other)).toEqual([["hash-only", "copy.csv"]]);
  // What was damaged is still there, for who knows better.
  expect(readdirSync(path.join(store.folder, "damaged", "objects"))).toHaveLength(2);
  expect(await repair(store)).toEqual([]);
});

test("what was too big to be kept is not missing; a lost list of a dataset's files is", async () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  const { version, files, size } = await writeManifest(store.folder, [
    { path: "a", sha256: "ab".repeat(32), size: 6e7 },
  ]);
  store.endRun(
    id,
    { status: "finished", exitCode: 0, signal: null, endTime: 2_000 },
    {
      data: [
        { path: "big.bin", sha256: "ab".repeat(32), size: 6e7, role: "read" },
        { path: "bigger.bin", sha256: "cd".repeat(32), size: 6e8, role: "read" },
      ],
      gaps: [{ kind: "hash-only", message: "2 files are larger than 50 MB" }],
      datasets: [{ name: "wine", kind: "read", version, files, size, role: "read" }],
    },
  );
  expect(await repair(store)).toEqual([]);
  rmSync(path.join(store.folder, "objects", version.slice(0, 2), version.slice(2)));
  expect(await repair(store)).toEqual([expect.stringMatching(/^lost files: wine was missing/)]);
  expect(store.getRun(id)!.gaps).toContainEqual(expect.objectContaining({ kind: "missing", path: "wine" }));
  expect(await repair(store)).toEqual([]);
});

test("files that only a dataset lists are looked after as well", async () => {
  const store = tempStore();
  const entries = await Promise.all(
    ["here", "gone", "damaged"].map(async (text) => {
      const { sha256, size } = await putBytes(store.folder, Buffer.from(text));
      return { path: `data/${text}.csv`, sha256, size };
    }),
  );
  const manifest = await writeManifest(store.folder, entries);
  const id = store.createRun(newRun());
  const end = { status: "finished", exitCode: 0, signal: null, endTime: 2_000 } as const;
  store.endRun(id, end, { datasets: [{ name: "data", kind: "declared", role: "read", ...manifest }] });
  mkdirSync(path.join(store.root, "data"));
  writeFileSync(path.join(store.root, "data/here.csv"), "here");
  for (const text of ["here", "gone"]) rmSync(await placeOf(store, text));
  overwrite(await placeOf(store, "damaged"), "x");
  expect((await repair(store)).sort()).toEqual([
    expect.stringMatching(/^lost files: data\/damaged\.csv was damaged/),
    expect.stringMatching(/^lost files: data\/gone\.csv was missing/),
    expect.stringMatching(/^repaired files: data\/here\.csv was missing/),
  ]);
  expect(
    store
      .getRun(id)!
      .gaps.map((gap) => gap.path)
      .sort(),
  ).toEqual(["data/damaged.csv", "data/gone.csv"]);
  expect(await repair(store)).toEqual([]);
});

test("missing refs are made again; a commit that is gone is said on its runs", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  const ids = [];
  for (const text of ["1\n", "2\n"]) {
    writeFileSync(path.join(root, "train.py"), text);
    ids.push(await record(store, { code: true }));
  }
  const [kept, gone] = ids.map((id) => store.getRun(id)!.snapshot.code.commit!);
  for (const commit of [kept, gone]) gitIn(root, "update-ref", "-d", `refs/modeltrail/snapshots/${commit}`);
  rmSync(path.join(root, ".git", "objects", gone!.slice(0, 2), gone!.slice(2)));
  const found = await repair(store);
  expect(found).toEqual([
    expect.stringContaining(`lost code: The code ${gone!.slice(0, 12)} is gone`),
    expect.stringContaining("repaired code: 1 missing refs"),
  ]);
  expect(snapshotRefs(root)).toEqual([kept]);
  expect(store.getRun(ids[0]!)!.gaps).toEqual([]);
  expect(store.getRun(ids[1]!)!.gaps).toMatchObject([{ kind: "missing" }]);
});

test("a file that is gone from a snapshot is noticed", async () => {
  const root = makeRepository(SOURCES);
  const store = tempStore(root);
  writeFileSync(path.join(root, "train.py"), "1\n");
  const id = await record(store, { code: true });
  const blob = gitIn(root, "rev-parse", `${store.getRun(id)!.snapshot.code.commit}:train.py`);
  rmSync(path.join(root, ".git", "objects", blob.slice(0, 2), blob.slice(2)));
  expect(await repair(store)).toEqual([expect.stringContaining("lost code: Some of the files")]);
  expect(store.getRun(id)!.gaps).toMatchObject([{ kind: "missing", message: expect.stringContaining("gone from") }]);
});

test.each(["a repository", "a folder without git"])(
  "after %s was moved, its code is found where it is now",
  async (what) => {
    const root = what === "a repository" ? makeRepository(SOURCES) : temporaryFolder();
    writeFileSync(path.join(root, "train.py"), "1\n");
    const store = openStore(root);
    const id = await record(store, { code: true });
    store.close();
    const moved = path.join(temporaryFolder(), "moved");
    renameSync(root, moved);
    mkdirSync(root);
    const there = tempStore(moved);
    const found = await repair(there);
    expect(found).toEqual([expect.stringMatching(/^repaired code: The code \w+ is now in /)]);
    const { gitDir, root: top, commit } = there.getRun(id)!.snapshot.code;
    expect(gitDir!.startsWith(moved) && top === moved).toBe(true);
    expect(gitIn(gitDir!, "show", `${commit}:train.py`)).toBe("1");
    expect(await repair(there)).toEqual([]);
  },
);

test("runs lost from a destroyed database are put together from their folders", async () => {
  const root = temporaryFolder();
  writeFileSync(path.join(root, "train.py"), "");
  const store = openStore(root);
  const id = await record(store, { log: "epoch 1 loss 0.5\nepoch 2 loss 0.25\n" });
  const bare = await record(store, {});
  const spool = path.join(store.runFolder(id), "spool");
  mkdirSync(spool);
  const start = {
    ...{ e: "start", t: 5_000, pid: 1, ppid: 0, argv: ["python", "train.py", "--token=abc123secret"] },
    ...{
      executable: "/usr/bin/python3",
      version: "3.11.7",
      implementation: "CPython",
      prefix: "/usr",
      basePrefix: "/usr",
    },
    ...{ cwd: root, path: [] },
  };
  writeFileSync(path.join(spool, "1-1.jsonl"), `${JSON.stringify(start)}\n`);
  store.close();
  writeFileSync(path.join(store.folder, "db.sqlite"), "gone".repeat(5_000));

  const found = await repair(store);
  expect(found[0]).toMatch(/^repaired database: The database was made anew .*nothing in it could be read/);
  expect(found.slice(1)).toHaveLength(2);
  const again = tempStore(root);
  const run = again.getRun(id)!;
  expect(run).toMatchObject({
    status: "running",
    experiment: "recovered",
    script: "train.py",
    startTime: 5_000,
    cwd: root,
  });
  expect(
    again
      .running()
      .map((one) => [one.id, again.recorderState(one)])
      .sort(),
  ).toEqual([id, bare].sort().map((one) => [one, "dead"]));
  expect(run.command.slice(0, 2)).toEqual(["python", "train.py"]);
  expect(run.command.join()).not.toContain("abc123secret");
  expect(run.gaps).toMatchObject([{ kind: "other", message: expect.stringContaining("lost from it") }]);
  expect(existsSync(path.join(again.folder, "damaged"))).toBe(true);
  expect(await repair(again)).toEqual([]);
});

test("what gc had freed does not come back", async () => {
  const store = tempStore();
  const gone = await record(store, { log: "x" });
  await record(store, {});
  store.deleteRuns([gone]);
  const copy = path.join(temporaryFolder(), "copy");
  cpSync(path.join(store.folder, "runs", gone), copy, { recursive: true });
  await freeSpace(store, await planFreeing(store, { ...DEFAULT_RULES, keepDeletedDays: 0 }));
  // As a kill between the rows and the folder leaves it.
  cpSync(copy, path.join(store.folder, "runs", gone), { recursive: true });
  expect(await repair(store)).toEqual([]);
  expect(store.getRun(gone)).toBeNull();
});
