import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test, vi } from "vitest";
import { UserError } from "../domain/errors";
import { wrapDatabase } from "./database";
import { migrate } from "./migrate";
import { openStore } from "./open";
import { MIGRATIONS } from "./schema";
import { makeReadOnly, newRun, points, tempDisk, tempFolder, tempStore } from "./testStore";

afterEach(() => vi.unstubAllEnvs());

/** A project with one run, closed. */
function projectWithRun(): { root: string; file: string; id: string } {
  const root = tempFolder();
  const store = openStore(root);
  const id = store.createRun(newRun());
  store.close();
  return { root, file: join(root, ".modeltrail", "db.sqlite"), id };
}

function openError(root: string): Error {
  try {
    openStore(root).close();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It opened.");
}

test("opening again finds what was written; nothing of the making is left", () => {
  const { root, id } = projectWithRun();
  expect(tempStore(root).resolveRun("latest")).toBe(id);
  expect(readdirSync(join(root, ".modeltrail", "tmp"))).toEqual([]);
});

test("without a store, reading says so and makes nothing", () => {
  const root = tempFolder();
  expect(() => openStore(root, { create: false })).toThrow(/No runs have been recorded here yet/);
  expect(() => openStore(root, { readOnly: true })).toThrow(UserError);
  expect(readdirSync(root)).toEqual([]);
});

test("a read-only store reads and refuses to write", () => {
  const { root, id } = projectWithRun();
  const store = tempStore(root, { readOnly: true });
  expect(store.getRun(id)!.id).toBe(id);
  expect(() => store.setNote(id, "x")).toThrow(/read-only/);
});

test("a write by another connection is seen by a reader that was open before", () => {
  const { root, id } = projectWithRun();
  const reader = tempStore(root, { readOnly: true });
  const { revision } = reader.changesSince(0);
  tempStore(root).setNote(id, "x");
  expect(reader.changesSince(revision).runs).toEqual([id]);
});

describe("damage is named, and nothing is touched", () => {
  const damages: Record<string, (file: string) => void> = {
    "an empty file": (file) => truncateSync(file, 0),
    "another kind of file": (file) => writeFileSync(file, "this is no database, but long enough to be one".repeat(50)),
    "a cut-off file": (file) => truncateSync(file, 5_000),
    "overwritten pages": (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0x5a, 100, bytes.length));
    },
  };
  test.each(Object.entries(damages))("%s", (_what, damage) => {
    const { root, file } = projectWithRun();
    damage(file);
    const before = readFileSync(file);
    const error = openError(root);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain(file);
    expect(error.message).toContain("damaged");
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  function lastRootPage(file: string): number {
    const raw = new DatabaseSync(file, { readOnly: true });
    const { page } = raw.prepare("SELECT max(rootpage) AS page FROM sqlite_schema").get() as { page: number };
    raw.close();
    return page;
  }

  test("found while working, too", () => {
    const { root, file, id } = projectWithRun();
    const store = tempStore(root);
    for (let i = 0; i < 200; i++) store.ingest(id, { params: { [`p${i}`]: "x".repeat(500) } });
    store.close();
    const bytes = readFileSync(file);
    // The pages at which tables begin stay as they are.
    writeFileSync(file, bytes.fill(0x5a, 4096 * lastRootPage(file)));
    const broken = tempStore(root);
    expect(() => broken.listRuns({})).toThrow(UserError);
    expect(() => broken.listRuns({})).toThrow(/damaged/);
  });
});

describe("versions", () => {
  test("a newer database is left alone", () => {
    const { root, file } = projectWithRun();
    const raw = new DatabaseSync(file);
    raw.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    raw.close();
    const before = readFileSync(file);
    for (const readOnly of [false, true]) {
      expect(() => openStore(root, { readOnly })).toThrow(/Update Modeltrail/);
      expect(() => openStore(root, { readOnly })).toThrow(UserError);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("an older one is brought up to date, or left as it was when a step fails", () => {
    const file = join(tempFolder(), "old.sqlite");
    const raw = new DatabaseSync(file);
    const db = wrapDatabase(raw, file);
    migrate(db, ["CREATE TABLE a (x); INSERT INTO a VALUES (1)"]);
    const good = "ALTER TABLE a ADD COLUMN y DEFAULT 2";
    expect(() => migrate(db, ["never run again", good, "CREATE TABLE b (x); nonsense"])).toThrow(/nonsense/);
    expect(db.get("PRAGMA user_version")).toMatchObject({ user_version: 1 });
    expect(db.all("SELECT * FROM a").map((row) => ({ ...(row as object) }))).toEqual([{ x: 1 }]);
    migrate(db, ["never run again", good]);
    expect({ ...db.get<object>("SELECT * FROM a") }).toEqual({ x: 1, y: 2 });
    db.close();
  });
});

describe("where the log cannot be", () => {
  test("a rollback journal does, with a notice, and turns a log into itself", () => {
    const { root, file, id } = projectWithRun();
    expect(tempStore(root).notices).toEqual([]);
    const store = tempStore(tempFolder(), { journal: "rollback" });
    expect(store.notices).toEqual([expect.stringContaining("network disk")]);
    const other = store.createRun(newRun());
    store.ingest(other, { points: [{ source: "api", points: points([0, 1]) }] });
    expect(existsSync(`${store.folder}/db.sqlite-wal`)).toBe(false);
    expect(store.getRun(other)!.metrics.loss!.count).toBe(1);

    const alone = tempFolder();
    mkdirSync(join(alone, ".modeltrail"));
    copyFileSync(file, join(alone, ".modeltrail", "db.sqlite"));
    const turned = tempStore(alone, { journal: "rollback" });
    turned.setNote(id, "still there");
    expect(turned.getRun(id)!.note).toBe("still there");
    expect(existsSync(join(alone, ".modeltrail", "db.sqlite-wal"))).toBe(false);
  });

  test("a disk that is read-only is read all the same, and recorded elsewhere", ({ skip }) => {
    const disk = tempDisk("4m") ?? skip("needs the right to mount");
    vi.stubEnv("XDG_DATA_HOME", tempFolder());
    // As a recorder that was killed leaves it: the last words are in the log.
    const { folder, id } = ((store) => ({ folder: store.folder, id: store.createRun(newRun()) }))(tempStore());
    expect(statSync(join(folder, "db.sqlite-wal")).size).toBeGreaterThan(0);
    cpSync(folder, join(disk, ".modeltrail"), { recursive: true });
    rmSync(join(disk, ".modeltrail", "db.sqlite-shm"));
    makeReadOnly(disk);

    const reader = tempStore(disk, { readOnly: true });
    expect(reader.getRun(id)!.id).toBe(id);
    expect(reader.notices).toEqual([expect.stringContaining("read-only disk")]);
    expect(tempStore(disk, { create: false }).getRun(id)!.id).toBe(id);

    const writer = tempStore(disk);
    expect(writer.notices).toEqual([expect.stringContaining("are kept in")]);
    writer.createRun(newRun());
    expect(tempStore(disk, { create: false }).folder).toBe(writer.folder);
  });
});

test("a folder that cannot be made says what to do", () => {
  const root = tempFolder();
  writeFileSync(join(root, "file"), "");
  vi.stubEnv("MODELTRAIL_DIR", join(root, "file", "store"));
  expect(openError(root)).toBeInstanceOf(UserError);
  expect(openError(root).message).toContain("MODELTRAIL_DIR");
});

test("a project that is not there is no project", () => {
  expect(openError(join(tempFolder(), "not-there")).message).toMatch(/does not exist/);
});

test("the experimental warning of SQLite is held back, and no other", async () => {
  vi.resetModules();
  const shown = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const original = process.getBuiltinModule;
  const builtin = vi.spyOn(process, "getBuiltinModule").mockImplementation(((name: string) => {
    process.emitWarning("SQLite is an experimental feature and might change at any time", "ExperimentalWarning");
    process.emitWarning("something else", "ExperimentalWarning");
    return original.call(process, name);
  }) as typeof process.getBuiltinModule);
  try {
    const { loadSqlite } = await import("./sqlite");
    expect(loadSqlite().DatabaseSync).toBeTypeOf("function");
    expect(shown.mock.calls).toEqual([["something else", "ExperimentalWarning"]]);
    expect(process.emitWarning).toBe(shown);
  } finally {
    shown.mockRestore();
    builtin.mockRestore();
  }
});

test("a full disk is said, and loses nothing", ({ skip }) => {
  const disk = tempDisk("1m") ?? skip("needs the right to mount");
  const store = tempStore(disk);
  const id = store.createRun(newRun());
  let kept = 0;
  const fill = () => {
    for (; kept < 10_000; kept++) store.ingest(id, { params: { [`p${kept}`]: "x".repeat(2_000) } });
  };
  expect(fill).toThrow(/disk is full/);
  expect(kept).toBeGreaterThan(10);
  expect(Object.keys(store.getRun(id)!.params)).toHaveLength(kept);
  store.close();
  expect(Object.keys(tempStore(disk, { readOnly: true }).getRun(id)!.params)).toHaveLength(kept);
});
