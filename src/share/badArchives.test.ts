/** Archives that are not whole, not ours, or not honest: each is named, says what to do, and adds nothing. */
import { createHash } from "node:crypto";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { openPromise } from "yauzl";
import { ZipFile } from "yazl";
import { gitIn, makeRepository, SOURCES, temporaryFolder } from "../snapshot/code/testRepository";
import { git } from "../snapshot/git";
import type { Store } from "../store/contract";
import { openStore } from "../store/open";
import { tempDisk, tempStore } from "../store/testStore";
import type { ArchivedRun, Manifest } from "./archive/format";
import { exportRuns } from "./exportRuns";
import { importRuns } from "./importRuns";
import { addRun } from "./testRuns";

let good: Buffer;
let id: string;

beforeAll(async () => {
  const root = makeRepository(SOURCES);
  writeFileSync(path.join(root, "train.py"), "changed\n");
  const store = openStore(root);
  id = await addRun(store, { name: "honest" });
  const file = path.join(temporaryFolder(), "runs.zip");
  await exportRuns(store, [id], file);
  store.close();
  good = readFileSync(file);
});

function write(bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), "bad.zip");
  writeFileSync(file, bytes);
  return file;
}

/** Nothing but an empty store is there. */
function expectUntouched(store: Store): void {
  expect(store.listRuns({}).total).toBe(0);
  const names = readdirSync(store.folder, { recursive: true, encoding: "utf8" });
  expect(names.filter((name) => /^(runs|tmp|code.*\.git)\/./.test(name))).toEqual([]);
}

async function expectRefused(file: string, message: RegExp): Promise<void> {
  const store = tempStore();
  const error = await importRuns(store, file).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "UserError", message: expect.stringMatching(message) });
  expectUntouched(store);
}

type Members = Map<string, Buffer>;

/** The good archive made anew with changes; the manifest is made to fit unless told otherwise. */
async function forge(change: (members: Members, manifest: Manifest) => void, fit = true): Promise<string> {
  const members: Members = new Map();
  const zip = await openPromise(write(good), { autoClose: false });
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    members.set(entry.fileName, Buffer.concat(chunks));
  }
  zip.close();
  const manifest = JSON.parse(members.get("manifest.json")!.toString()) as Manifest;
  members.delete("manifest.json");
  if (fit) change(members, manifest);
  manifest.members = [...members].map(([name, bytes]) => ({ name, size: bytes.length, sha256: sha256(bytes) }));
  if (!fit) change(members, manifest);
  if (!members.has("manifest.json")) members.set("manifest.json", Buffer.from(JSON.stringify(manifest)));
  return await zipped(members);
}

async function zipped(members: Members): Promise<string> {
  const file = path.join(temporaryFolder(), "forged.zip");
  const zip = new ZipFile();
  for (const [name, bytes] of members) zip.addBuffer(bytes, name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Puts other bytes of the same length wherever these stand. */
function patched(file: string, before: string, after: string): string {
  expect(after).toHaveLength(before.length);
  const bytes = readFileSync(file);
  let count = 0;
  for (let at = bytes.indexOf(before, 0, "latin1"); at >= 0; at = bytes.indexOf(before, at + 1, "latin1")) {
    bytes.write(after, at, "latin1");
    count++;
  }
  expect(count).toBeGreaterThan(0);
  return write(bytes);
}

function editRun(members: Members, edit: (run: ArchivedRun) => void): void {
  const name = `runs/${id}/run.json`;
  const run = JSON.parse(members.get(name)!.toString()) as ArchivedRun;
  edit(run);
  members.set(name, Buffer.from(JSON.stringify(run)));
}

const anObject = (members: Members) => [...members.keys()].find((name) => name.startsWith("objects/"))!;

test("an archive made anew without changes is good", async () => {
  const store = tempStore();
  expect((await importRuns(store, await forge(() => {}))).runs).toMatchObject([{ outcome: "imported" }]);
});

describe("files that are no archive of runs", () => {
  test("none, a folder, an empty one, another one, another zip file", async () => {
    const folder = temporaryFolder();
    await expectRefused(path.join(folder, "no.zip"), /There is no file/);
    await expectRefused(folder, /is a folder/);
    await expectRefused(write(Buffer.alloc(0)), /is empty.*Copy it again/);
    await expectRefused(write(Buffer.from("a,b\n1,2\n")), /not an archive of runs.*modeltrail export/);
    await expectRefused(await zipped(new Map([["readme.txt", Buffer.from("hi")]])), /not an archive of runs/);
  });

  test("one of a newer Modeltrail", async () => {
    const file = await forge(
      (_, manifest) => Object.assign(manifest, { version: 2, members: "new", more: true }),
      false,
    );
    await expectRefused(file, /made by a newer Modeltrail \(its format is 2.*Update Modeltrail/);
  });
});

describe("archives that are damaged", () => {
  test("cut off, wherever", async () => {
    for (let part = 1; part < 16; part++) {
      const file = write(good);
      truncateSync(file, Math.floor((good.length * part) / 16));
      await expectRefused(file, /ends too early.*Copy or export/s);
    }
    const file = write(good);
    truncateSync(file, good.length - 1);
    await expectRefused(file, /ends too early|damaged/);
  });

  test("with a byte changed, anywhere", async () => {
    // Names of users and times are not protected, but everything that is imported is.
    for (let at = 0; at < good.length; at += Math.ceil(good.length / 60)) {
      const bytes = Buffer.from(good);
      bytes[at]! ^= 0x55;
      const store = tempStore();
      const outcome = await importRuns(store, write(bytes)).catch((reason: unknown) => reason as Error);
      if (outcome instanceof Error) {
        expect(outcome.name, `${at}: ${outcome.message}`).toBe("UserError");
        expectUntouched(store);
      } else {
        // A time or an attribute in the zip's own lists: the content is what it was.
        expect(store.getRun(id)).toMatchObject({ name: "honest", params: { lr: "0.1" } });
      }
      store.close();
    }
  });

  test("members changed, missing, doubled, or too many", async () => {
    const swap = (members: Members) => members.set(anObject(members), Buffer.from("something else"));
    await expectRefused(await forge(swap), /has another content than its name says/);
    await expectRefused(
      await forge(
        (members) => members.set(`runs/${id}/output.log`, members.get(`runs/${id}/output.log`)!.fill("x")),
        false,
      ),
      /output\.log has another content than the manifest says/,
    );
    const lack = (members: Members) => void members.delete(`runs/${id}/run.json`);
    await expectRefused(await forge(lack, false), /run\.json is missing from it/);
    await expectRefused(await forge(lack), /run\.json is missing from it/);
    await expectRefused(
      await forge((members) => void members.delete("code/0.pack"), false),
      /code\/0\.pack is missing/,
    );
    const more = (members: Members) => members.set(`objects/${"0".repeat(64)}`, Buffer.from("x"));
    await expectRefused(await forge(more, false), /is not in its manifest/);
    const [one, other] = [`objects/${"0".repeat(64)}`, `objects/${"1".repeat(64)}`];
    const two = await forge((members) => members.set(one, Buffer.from("x")).set(other, Buffer.from("y")), false);
    await expectRefused(patched(two, other, one), /two members objects\/000/);
  });

  test("rows that contradict the rest", async () => {
    await expectRefused(
      await forge((members) => editRun(members, ({ series }) => void series.pop())),
      /not as many points/,
    );
    await expectRefused(
      await forge((members) => editRun(members, ({ run }) => void run.logSize++)),
      /not as long as the log/,
    );
    await expectRefused(
      await forge((members) => editRun(members, ({ run }) => Object.assign(run, { id: "0".repeat(32) }))),
      /another run/,
    );
    const commit = "1".repeat(40);
    const unknown = await forge((members) =>
      editRun(members, ({ snapshot: { code } }) => Object.assign(code, { commit, commits: [commit] })),
    );
    await expectRefused(unknown, /the commit 1+ is missing/);
    const text = await forge((members) => members.set(`runs/${id}/run.json`, Buffer.from("{")));
    await expectRefused(text, /run\.json is not JSON/);
    await expectRefused(
      await forge((members) => editRun(members, ({ run }) => Object.assign(run, { startTime: "x" }))),
      /wrong run\.startTime/,
    );
  });
});

describe("archives that are traps", () => {
  test("names that lead out of the store", async () => {
    const name = `objects/${"0".repeat(64)}`;
    const file = await forge((members) => members.set(name, Buffer.from("x")), false);
    for (const trap of ["../../../", "/etc/cron/", "..\\..\\..\\", "objects/..", "C:\\Windows"]) {
      await expectRefused(patched(file, name, trap.padEnd(name.length, "x")), /has a member .*somebody has changed it/);
    }
    expect(existsSync("/etc/cron")).toBe(false);
  });

  test("paths in a run that lead out of the project", async () => {
    const edits: ((run: ArchivedRun) => void)[] = [
      (run) => Object.assign(run.cwd, { inProject: true, path: "../.." }),
      ({ snapshot: { code } }) => Object.assign(code.submodules, { "../x": code.commit }),
      ({ snapshot: { code } }) => Object.assign(code, { project: "a/../../b" }),
      ({ run }) => run.artifacts.push({ path: "../../.bashrc", sha256: "0".repeat(64), size: 1 }),
      ({ snapshot }) => snapshot.data.push({ path: "a/../../x", sha256: null, size: 1, role: "read" }),
      ({ snapshot }) => snapshot.config.push({ path: "..\\x", sha256: "0".repeat(64) }),
    ];
    for (const edit of edits)
      await expectRefused(await forge((members) => editRun(members, edit)), /run\.json has a wrong/);
  });

  test("code with names that lead out of its folder, or into git's", async () => {
    for (const name of ["..", ".git", ".GIT"]) {
      const root = temporaryFolder();
      gitIn(root, "init", "--quiet");
      const at = { cwd: root };
      const blob = (await git(["hash-object", "-w", "--stdin"], { ...at, input: "#!/bin/sh\n" })).stdout
        .toString()
        .trim();
      const raw = Buffer.concat([Buffer.from(`100755 ${name}\0`), Buffer.from(blob, "hex")]);
      const make = ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"];
      const tree = (await git(make, { ...at, input: raw })).stdout.toString().trim();
      const commit = gitIn(root, "commit-tree", "-m", "x", tree);
      const objects = `${commit}\n${tree}\n${blob}\n`;
      const pack = (await git(["pack-objects", "--stdout", "-q"], { ...at, input: objects })).stdout;
      const file = await forge((members, manifest) => {
        members.set("code/0.pack", pack);
        manifest.code[0]!.commits = [commit];
        editRun(members, ({ snapshot: { code } }) => Object.assign(code, { commit, commits: [commit] }));
      });
      await expectRefused(file, /has a file named .*written where it does not belong/);
    }
  });

  test("a pack that lacks what its commits hold", async () => {
    const root = makeRepository(SOURCES);
    const commit = gitIn(root, "rev-parse", "HEAD");
    const pack = (await git(["pack-objects", "--stdout", "-q"], { cwd: root, input: `${commit}\n` })).stdout;
    const file = await forge((members, manifest) => {
      members.set("code/0.pack", pack);
      manifest.code[0]!.commits = [commit];
      editRun(members, ({ snapshot: { code } }) => Object.assign(code, { commit, commits: [commit] }));
    });
    await expectRefused(file, /git cannot read its code/);
  });

  test("members that unpack to more than is said", async () => {
    const bomb = Buffer.alloc(50_000_000);
    const name = `objects/${sha256(bomb)}`;
    const lie = (members: Members, manifest: Manifest) => {
      members.set(name, bomb);
      manifest.members.push({ name, size: 1_000, sha256: sha256(bomb) });
    };
    const file = await forge(lie, false);
    await expectRefused(file, /has not the 1000 bytes that the manifest says/);
    // The list of the zip file lies as well.
    const [before, after] = [Buffer.alloc(4), Buffer.alloc(4)];
    before.writeUInt32LE(bomb.length);
    after.writeUInt32LE(1_000);
    await expectRefused(patched(file, before.toString("latin1"), after.toString("latin1")), /cannot be unpacked/);
  });

  test("more than the disk has room for", async () => {
    const disk = tempDisk("4m");
    // Mounting is not allowed everywhere.
    if (!disk) return;
    const big = Buffer.alloc(8_000_000);
    const file = await forge((members) => members.set(`objects/${sha256(big)}`, big));
    const store = tempStore(disk);
    await expect(importRuns(store, file)).rejects.toThrow(/unpacks to 8.0 MB, and there are .* free/);
    expectUntouched(store);
  });
});

test("what was there before is still there after a refusal", async () => {
  const store = tempStore();
  const known = await addRun(store, { name: "mine" });
  mkdirSync(path.join(store.folder, "tmp"), { recursive: true });
  const before = store.getRun(known);
  const file = await forge((members) => members.set(anObject(members), Buffer.from("something else")));
  await expect(importRuns(store, file)).rejects.toThrow(/another content/);
  expect(store.getRun(known)).toEqual(before);
  expect(readdirSync(path.join(store.folder, "tmp"))).toEqual([]);
});
