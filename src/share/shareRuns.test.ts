import { chmodSync, existsSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { gitIn, makeRepository, SOURCES, temporaryFolder } from "../snapshot/code/testRepository";
import type { Store } from "../store/contract";
import { hasObject, objectPath } from "../store/objects";
import { newRun, tempStore } from "../store/testStore";
import { exportRuns } from "./exportRuns";
import { importRuns } from "./importRuns";
import { addRun, contentOf, LOG } from "./testRuns";

/** Exports to a file outside of everything. */
async function archive(store: Store, ids: string[], options?: Parameters<typeof exportRuns>[3]): Promise<string> {
  const file = path.join(temporaryFolder(), "runs.zip");
  await exportRuns(store, ids, file, options);
  return file;
}

/** A project in git whose files differ from its last commit. */
function changedProject(): string {
  const root = makeRepository(SOURCES);
  writeFileSync(path.join(root, "train.py"), "print('changed')\n");
  writeFileSync(path.join(root, "new.py"), "untracked = 1\n");
  symlinkSync("train.py", path.join(root, "link.py"));
  chmodSync(path.join(root, "lib/util.py"), 0o755);
  return root;
}

const everything = (store: Store) =>
  readdirSync(store.folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("db.sqlite"))
    .sort();

describe("a run that moves to another project", () => {
  test("has all it had, bit for bit", async () => {
    const from = tempStore(changedProject());
    const parent = await addRun(from, { name: "parent" });
    const child = await addRun(from, { name: "child", parent, data: "c\n3\n", cwd: path.join(from.root, "lib") });
    const file = await archive(from, [parent]);
    const expected = [await contentOf(from, parent), await contentOf(from, child)];
    from.close();
    rmSync(from.root, { recursive: true });

    const to = tempStore();
    const report = await importRuns(to, file);
    expect(report.runs.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["parent", "imported"],
      ["child", "imported"],
    ]);
    expect([await contentOf(to, parent), await contentOf(to, child)]).toEqual(expected);
    expect(to.getRun(child)).toMatchObject({ parent, cwd: path.join(to.root, "lib") });
    expect(to.getRun(parent)!.snapshot.code).toMatchObject({ gitDir: path.join(to.folder, "code.git"), root: to.root });
    expect(to.listDatasets()).toMatchObject([{ name: "data", kind: "declared", runs: 2 }]);
    expect(gitIn(path.join(to.folder, "code.git"), "fsck", "--full", "--strict")).not.toMatch(/missing|broken|error/);
    expect(everything(to).filter((name) => name.startsWith("tmp/"))).toEqual([]);
  });

  test("brings the files of its datasets that no run read", async () => {
    const from = tempStore();
    const id = await addRun(from);
    const to = tempStore();
    await importRuns(to, await archive(from, [id]));
    const kept = everything(from).filter((name) => /^objects\/..\//.test(name));
    expect(everything(to).filter((name) => /^objects\/..\//.test(name))).toEqual(kept);
  });

  test("is imported once", async () => {
    const from = tempStore(changedProject());
    const file = await archive(from, [await addRun(from)]);
    const to = tempStore();
    await importRuns(to, file);
    const before = { files: everything(to), ...to.changesSince(0) };
    const again = await importRuns(to, file);
    expect(again).toMatchObject({ runs: [{ outcome: "present" }], objects: 0 });
    expect({ files: everything(to), ...to.changesSince(0) }).toEqual(before);
    // Nor does it change where it came from, or travels on and back.
    expect((await importRuns(from, file)).runs).toMatchObject([{ outcome: "present" }]);
    const further = await archive(to, [again.runs[0]!.id]);
    expect((await importRuns(from, further)).runs).toMatchObject([{ outcome: "present" }]);
  });

  test("is left as it is where it differs or is deleted", async () => {
    const from = tempStore();
    const id = await addRun(from);
    const file = await archive(from, [id]);
    from.setNote(id, "another note");
    from.setTag(id, "new", "1");
    expect((await importRuns(from, file)).runs).toMatchObject([{ outcome: "differs", differs: ["tags", "note"] }]);
    expect(from.getRun(id)).toMatchObject({ note: "another note", tags: { new: "1" } });
    writeFileSync(from.logPath(id), LOG.replace("done", "DONE"), "latin1");
    expect((await importRuns(from, file)).runs[0]!.differs).toEqual(["tags", "note", "log"]);
    from.deleteRuns([id]);
    expect((await importRuns(from, file)).runs).toMatchObject([{ outcome: "deleted" }]);
    expect(from.listRuns({}).total).toBe(0);
  });

  test("has a series of any length", async () => {
    const points = Array.from({ length: 150_000 }, (_, step) => ({ key: "loss", step, time: step, value: step / 3 }));
    const from = tempStore();
    const id = await addRun(from, { points });
    const file = await archive(from, [id]);
    const to = tempStore();
    await importRuns(to, file);
    expect(to.getRun(id)!.metrics.loss).toEqual(from.getRun(id)!.metrics.loss);
    for (const at of [0, 65_535, 65_536, 149_999]) {
      expect(to.metricHistory(id, "loss", at, 1)).toEqual(from.metricHistory(id, "loss", at, 1));
    }
    const { runs } = await importRuns(from, file);
    expect(runs).toMatchObject([{ outcome: "present" }]);
  });

  test("without data and log it says so, and is still the same run", async () => {
    const from = tempStore(changedProject());
    const id = await addRun(from);
    const file = await archive(from, [id], { withoutData: true, withoutLog: true });
    const to = tempStore();
    await importRuns(to, file);
    const run = to.getRun(id)!;
    expect(run.logSize).toBe(0);
    expect(run.gaps.map(({ message }) => message)).toEqual([
      ...from.getRun(id)!.gaps.map(({ message }) => message),
      "Imported without the contents of its data, config files and artifacts (it was exported without data).",
      "Imported without what it printed (it was exported without log).",
    ]);
    expect(run.snapshot.data).toEqual(from.getRun(id)!.snapshot.data);
    expect(everything(to).some((name) => name.endsWith("output.log"))).toBe(false);
    const kept = everything(to).filter((name) => /^objects\/..\//.test(name));
    expect(kept).toEqual([path.relative(to.folder, objectPath(to.folder, run.snapshot.datasets[0]!.version))]);
    expect((await importRuns(to, file)).runs).toMatchObject([{ outcome: "present" }]);
    expect((await importRuns(from, file)).runs).toMatchObject([{ outcome: "present" }]);
  });
});

describe("what cannot be had is left out and said", () => {
  test("a damaged object", async () => {
    const from = tempStore();
    const id = await addRun(from);
    const { sha256, path: name } = from.getRun(id)!.artifacts[0]!;
    chmodSync(objectPath(from.folder, sha256), 0o644);
    writeFileSync(objectPath(from.folder, sha256), "something else");
    const file = path.join(temporaryFolder(), "runs.zip");
    const report = await exportRuns(from, [id], file);
    expect(report.missing).toEqual([expect.stringContaining(`objects/${sha256} is damaged`)]);
    const to = tempStore();
    await importRuns(to, file);
    expect(hasObject(to.folder, sha256)).toBe(false);
    expect(to.getRun(id)!.gaps.at(-1)).toMatchObject({ kind: "missing", path: name });
    expect(hasObject(to.folder, to.getRun(id)!.snapshot.data.find(({ path }) => path === "data/x.csv")!.sha256!)).toBe(
      true,
    );
  });

  test("code and log that are gone", async () => {
    const from = tempStore(changedProject());
    const id = await addRun(from);
    renameSync(path.join(from.root, ".git"), path.join(from.root, "git-is-away"));
    rmSync(from.logPath(id));
    const file = path.join(temporaryFolder(), "runs.zip");
    const report = await exportRuns(from, [id], file);
    expect(report.missing).toEqual([
      expect.stringMatching(/its code, because .* no longer has the commit/),
      expect.stringMatching(/is gone/),
    ]);
    const to = tempStore();
    await importRuns(to, file);
    const run = to.getRun(id)!;
    expect(run.snapshot.code).toMatchObject({
      gitDir: null,
      root: null,
      commit: from.getRun(id)!.snapshot.code.commit,
    });
    expect(
      run.gaps.map(({ message }) => message).filter((message) => message.startsWith("Imported without ")),
    ).toHaveLength(2);
  });

  test("a running run is not exported", async () => {
    const from = tempStore();
    const id = from.createRun(newRun({ name: "busy" }));
    const file = path.join(temporaryFolder(), "runs.zip");
    await expect(exportRuns(from, [id], file)).rejects.toThrow(/busy is still running/);
    expect(existsSync(file)).toBe(false);
  });

  test("a file that is there is replaced only on request, and nothing is left of an export that fails", async () => {
    const from = tempStore();
    const id = await addRun(from);
    const file = path.join(temporaryFolder(), "runs.zip");
    writeFileSync(file, "precious");
    await expect(exportRuns(from, [id], file)).rejects.toThrow(/exists already/);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(exportRuns(from, [id], file, { replace: true, signal })).rejects.toThrow("enough");
    expect(readdirSync(path.dirname(file))).toEqual(["runs.zip"]);
    await exportRuns(from, [id], file, { replace: true });
    await importRuns(tempStore(), file);
    await expect(exportRuns(from, [id], path.join(file, "x.zip"))).rejects.toThrow(/is not a folder/);
    await expect(exportRuns(from, [id], path.join(from.root, "no/x.zip"))).rejects.toThrow(/there is no folder/);
  });
});
