import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { AuditEntry } from "../../domain/audit";
import type { Store } from "../contract";
import type { Database } from "../database";
import { openFile } from "../openFile";
import { repairDatabase } from "../repair";
import { tempFolder, tempStore } from "../testStore";
import { NO_HASH } from "./chain";

let store: Store;

beforeEach(() => {
  store = tempStore();
});

function addSome(count: number): AuditEntry[] {
  return Array.from({ length: count }, (_, i) =>
    store.audit.add({ action: "alias.set", subject: `models/wine/${i + 1}`, evidence: { alias: "champion", i } }),
  );
}

/** Changes the database as someone who can write to its file does, after taking the guards away. */
function tamper(change: (db: Database) => void): void {
  const db = openFile(join(store.folder, "db.sqlite"), false);
  for (const guard of ["changed", "deleted", "inserted"]) db.exec(`DROP TRIGGER audit_${guard}`);
  change(db);
  db.close();
}

test("entries are a chain, and say who, when, through what, why and on what evidence", () => {
  const started = Date.now();
  const first = store.audit.add({
    action: "version.promote",
    subject: "models/wine/3",
    reason: "better",
    evidence: { accuracy: 0.97, loss: Number.NaN },
  });
  const second = store.audit.through("mlflow", () =>
    store.audit.add({ action: "deploy", subject: "deployments/wine" }),
  );
  expect(first).toMatchObject({
    sequence: 1,
    through: "cli",
    reason: "better",
    evidence: { accuracy: 0.97, loss: "NaN" },
    previous: NO_HASH,
  });
  expect(first.time).toBeGreaterThanOrEqual(started);
  expect(second).toMatchObject({ sequence: 2, through: "mlflow", reason: null, evidence: {}, previous: first.hash });
  expect(store.audit.list({})).toEqual([second, first]);
  expect(store.audit.head()).toEqual({ sequence: 2, hash: second.hash });
  expect(store.audit.verify()).toEqual({ intact: true, entries: 2, head: second.hash });
});

test("an empty log is intact and has no head", () => {
  expect(store.audit.head()).toBeNull();
  expect(store.audit.verify()).toEqual({ intact: true, entries: 0, head: NO_HASH });
  expect(store.audit.verify("ab".repeat(32))).toMatchObject({ intact: false });
});

test("entries are found by subject and action, page by page", () => {
  for (const subject of ["models/wine", "models/wine/1", "models/wine2", "models/win"]) {
    store.audit.add({ action: "version.tag", subject });
  }
  store.audit.add({ action: "versions", subject: "models/wine" });
  const subjects = (query: Parameters<Store["audit"]["list"]>[0]) =>
    store.audit.list(query).map(({ subject }) => subject);
  expect(subjects({ subject: "models/wine" })).toEqual(["models/wine", "models/wine/1", "models/wine"]);
  expect(subjects({ subject: "models/wine", actions: ["version."] })).toEqual(["models/wine/1", "models/wine"]);
  expect(subjects({ actions: ["versions", "deploy"] })).toEqual(["models/wine"]);
  expect(subjects({ limit: 2, before: 4 })).toEqual(["models/wine2", "models/wine/1"]);
  expect(store.audit.after(3, 1).map(({ sequence }) => sequence)).toEqual([4]);
});

test("who acts is whom git knows, and an account where git knows nobody", () => {
  const root = tempFolder();
  execFileSync("git", ["init", "--quiet"], { cwd: root });
  for (const [key, value] of [
    ["name", "Ada L\u00f6velace"],
    ["email", "ada@example.org"],
  ] as const) {
    execFileSync("git", ["config", `user.${key}`, value], { cwd: root });
  }
  const env = { ...process.env };
  try {
    for (const name of ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"]) delete process.env[name];
    expect(tempStore(root).audit.actor()).toBe("Ada L\u00f6velace <ada@example.org>");
    process.env.GIT_CONFIG_GLOBAL = process.env.GIT_CONFIG_SYSTEM = join(tempFolder(), "none");
    expect(tempStore().audit.actor()).toMatch(/^[^<>]+$/);
  } finally {
    process.env = env;
  }
});

test("an entry and what it tells of are there both or neither", () => {
  const entry = { action: "model.create", subject: "models/wine" };
  expect(() =>
    store.audit.act(
      () => store.registry.createModel({ name: "wine", description: "", tags: {} }),
      () => {
        throw new Error("no");
      },
    ),
  ).toThrow("no");
  expect([store.registry.model("wine"), store.audit.head()]).toEqual([null, null]);
  store.audit.act(
    () => {},
    () => entry,
  );
  expect(store.audit.list({})).toMatchObject([entry]);
});

test("secrets are masked, and long texts stand there by beginning and hash", () => {
  const token = `hf_${"aB3".repeat(12)}`;
  const { reason, evidence } = store.audit.add({
    action: "version.tag",
    subject: "models/wine",
    reason: token,
    evidence: { api_key: "x1y2", url: "https://me:pw@host/a", list: [token], long: "ab".repeat(1_000) },
  });
  expect(reason).toBe("***");
  expect(evidence).toMatchObject({ api_key: "***", url: "https://***@host/a", list: ["***"] });
  expect(evidence.long).toMatch(/^(ab){500}… \(2000 characters, SHA-256 [0-9a-f]{64}\)$/);
});

test("texts that the database cannot hold do not break the chain", () => {
  store.audit.add({ action: "a", subject: "models/\0\ud800x", reason: "\udc00", evidence: { "k\ud800": "v\0\udc00" } });
  expect(store.audit.verify()).toMatchObject({ intact: true, entries: 1 });
});

test("the database itself refuses to change, delete, replace or slip in entries", () => {
  addSome(3);
  const db = openFile(join(store.folder, "db.sqlite"), false);
  const again =
    "INTO audit SELECT 2, time, actor, machine, through, action, subject, reason, evidence, previous, hash FROM audit";
  for (const sql of [
    "UPDATE audit SET reason = 'x'",
    "DELETE FROM audit WHERE sequence = 3",
    `INSERT OR REPLACE ${again} WHERE sequence = 1`,
  ]) {
    expect(() => db.run(sql)).toThrow(/audit log/);
  }
  db.close();
  expect(store.audit.verify()).toMatchObject({ intact: true, entries: 3 });
});

test("an entry that was changed is found, in whatever field", () => {
  const fields = ["time", "actor", "machine", "through", "action", "subject", "reason", "evidence", "previous"];
  addSome(fields.length + 1);
  tamper((db) => {
    for (const [index, field] of fields.entries()) {
      const before = db.get<Record<string, string>>("SELECT * FROM audit WHERE sequence = ?", index + 2)!;
      const value = field === "time" ? 1 : field === "evidence" ? '{"alias":"champion","i":-1}' : "other";
      db.run(`UPDATE audit SET ${field} = ? WHERE sequence = ?`, value, index + 2);
      const found = store.audit.verify();
      db.run(`UPDATE audit SET ${field} = ? WHERE sequence = ?`, before[field]!, index + 2);
      expect(found).toMatchObject({
        intact: false,
        entries: index + 1,
        sequence: index + 2,
        problem: expect.stringMatching(/was changed/),
      });
    }
  });
  expect(store.audit.verify()).toMatchObject({ intact: true });
});

test("an entry that was slipped in before the first is found", () => {
  addSome(2);
  const copy = (sequence: number) =>
    `INSERT INTO audit SELECT ${sequence}, time, actor, machine, through, action, subject, reason, evidence, previous, hash
    FROM audit WHERE sequence = 1`;
  tamper((db) => {
    db.run(copy(0));
    expect(store.audit.verify()).toMatchObject({
      ...{ intact: false, entries: 0, sequence: 0 },
      problem: "An entry was slipped in before the first.",
    });
    db.run(copy(-1));
    expect(store.audit.verify()).toMatchObject({ problem: "2 entries were slipped in before the first." });
  });
});

test("evidence that means the same in another spelling, or nothing any more, counts as changed", () => {
  addSome(1);
  tamper((db) => {
    for (const evidence of ['{"alias": "champion","i":0}', '{"alias":"a","alias":"champion","i":0}', "{"]) {
      db.run("UPDATE audit SET evidence = ?", evidence);
      expect(store.audit.verify()).toMatchObject({ intact: false, sequence: 1 });
    }
  });
});

test("entries that are missing are found: at the beginning, between others, at the end", () => {
  addSome(6);
  tamper((db) => {
    db.run("DELETE FROM audit WHERE sequence = 6");
    expect(store.audit.verify()).toMatchObject({ sequence: 6, problem: "Entry 6 is missing." });
    db.run("DELETE FROM audit WHERE sequence IN (3, 4)");
    expect(store.audit.verify()).toMatchObject({ entries: 2, sequence: 3, problem: "Entries 3 to 4 are missing." });
    db.run("DELETE FROM audit WHERE sequence = 1");
    expect(store.audit.verify()).toMatchObject({ entries: 0, sequence: 1, problem: "Entry 1 is missing." });
  });
});

test("what was cut off from the end is missed even after new entries, and by a head that was noted", () => {
  const head = addSome(5)[4]!.hash;
  tamper((db) => db.run("DELETE FROM audit WHERE sequence > 3"));
  addSome(1);
  expect(store.audit.verify()).toMatchObject({ entries: 3, sequence: 4, problem: "Entries 4 to 5 are missing." });
  const db = openFile(join(store.folder, "db.sqlite"), false);
  // Whoever knows how the numbers are kept can hide it from those who noted nothing.
  db.run("DELETE FROM audit WHERE sequence > 3");
  db.run("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'");
  db.close();
  expect(store.audit.verify()).toMatchObject({ intact: true, entries: 3 });
  expect(store.audit.verify(head)).toMatchObject({ intact: false, problem: expect.stringMatching(/does not contain/) });
});

test("entries in another order are found", () => {
  addSome(4);
  tamper((db) => {
    db.exec("UPDATE audit SET sequence = 99 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3");
    db.exec("UPDATE audit SET sequence = 3 WHERE sequence = 99");
  });
  expect(store.audit.verify()).toMatchObject({
    sequence: 2,
    problem: expect.stringMatching(/is entry 3: they are out of order/),
  });
});

test("an entry of another log in the place of one is found by those around it", () => {
  addSome(3);
  const other = tempStore();
  for (let i = 0; i < 2; i++) other.audit.add({ action: "alias.set", subject: "models/wine/9" });
  const { hash, previous, time, subject, evidence } = other.audit.list({})[0]!;
  tamper((db) => {
    const sql = "UPDATE audit SET hash = ?, previous = ?, time = ?, subject = ?, evidence = ? WHERE sequence = 2";
    db.run(sql, hash, previous, time, subject, JSON.stringify(evidence));
  });
  expect(store.audit.verify()).toMatchObject({
    sequence: 2,
    problem: expect.stringMatching(/follows on another entry 1/),
  });
});

test("a repair of the database keeps the log, and what is lost of it is missed", () => {
  const { root, folder } = store;
  const { hash } = addSome(3)[2]!;
  store.close();
  repairDatabase(folder, "a test");
  store = tempStore(root);
  expect(store.audit.verify(hash)).toMatchObject({ intact: true, entries: 3 });
  tamper((db) => db.run("DELETE FROM audit WHERE sequence = 2"));
  store.close();
  repairDatabase(folder, "a test", new Date(1));
  store = tempStore(root);
  expect(store.audit.verify()).toMatchObject({ problem: "Entry 2 is missing." });
  tamper((db) => db.run("DELETE FROM audit WHERE sequence > 1"));
  store.close();
  repairDatabase(folder, "a test", new Date(2));
  store = tempStore(root);
  expect(store.audit.verify()).toMatchObject({ problem: "Entries 2 to 3 are missing." });
  expect(() => store.audit.add({ action: "a", subject: "b" })).not.toThrow();
});
