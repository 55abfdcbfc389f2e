import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fingerprint, gitIn, makeRepository, SOURCES, temporaryFolder } from "../snapshot/code/testRepository";
import type { Store } from "../store/contract";
import { tempStore } from "../store/testStore";
import { exportRuns } from "./exportRuns";
import { fetchCode } from "./fetchCode";
import { importRuns } from "./importRuns";
import { pushCode } from "./pushCode";
import { addRun, codeOf, writeText } from "./testRuns";

/** A repository with uncommitted changes and a bare remote that has its commits. */
function withRemote(): { root: string; remote: string } {
  const root = makeRepository(SOURCES);
  const remote = path.join(temporaryFolder(), "remote.git");
  gitIn(root, "clone", "--quiet", "--bare", root, remote);
  gitIn(root, "remote", "add", "origin", remote);
  gitIn(root, "fetch", "--quiet");
  writeText(root, { "train.py": "changed\n", "new.py": "new\n" });
  return { root, remote };
}

function clone(remote: string): string {
  const folder = path.join(temporaryFolder(), "clone");
  gitIn(path.dirname(remote), "clone", "--quiet", remote, folder);
  return folder;
}

const commitOf = (store: Store, id: string) => store.getRun(id)!.snapshot.code.commit!;
const refs = (gitDir: string) =>
  gitIn(gitDir, "for-each-ref", "--format=%(refname)").split("\n").filter(Boolean).sort();
const snapshots = (gitDir: string) => refs(gitDir).filter((ref) => ref.startsWith("refs/modeltrail/snapshots/"));

/** All of a repository but our refs and objects. */
const stateOf = (folder: string) =>
  Object.fromEntries(
    Object.entries(fingerprint(folder)).filter(([name]) => !/\.git\/(objects|refs\/modeltrail)\//.test(name)),
  );

describe("code goes to a remote and comes from it", () => {
  test("with its run, and nothing else changes anywhere", async () => {
    const { root, remote } = withRemote();
    // What the user has set up to happen with every push and fetch must not happen with ours.
    gitIn(root, "config", "push.followTags", "true");
    gitIn(root, "tag", "-a", "-m", "x", "v1");
    gitIn(root, "config", "remote.origin.mirror", "true");
    const from = tempStore(root);
    const id = await addRun(from);
    const before = { here: stateOf(root), there: refs(remote) };
    const report = await pushCode(from, [id]);
    expect(report).toEqual({
      remote: "origin",
      pushed: [commitOf(from, id)],
      present: [],
      skipped: [],
      submodules: [],
    });
    expect(stateOf(root)).toEqual(before.here);
    expect(refs(remote)).toEqual([...before.there, `refs/modeltrail/snapshots/${commitOf(from, id)}`].sort());
    expect(await pushCode(from, [id])).toMatchObject({ pushed: [], present: [commitOf(from, id)] });

    const here = clone(remote);
    gitIn(here, "config", "fetch.prune", "true");
    gitIn(here, "config", "fetch.pruneTags", "true");
    gitIn(here, "config", "remote.origin.fetch", "+refs/*:refs/theirs/*");
    gitIn(here, "tag", "mine");
    gitIn(here, "update-ref", `refs/modeltrail/snapshots/${gitIn(here, "rev-parse", "HEAD")}`, "HEAD");
    const store = tempStore(here);
    const state = { files: stateOf(here), refs: refs(here) };
    const fetched = await fetchCode(store, null);
    expect(fetched).toEqual({ remote: "origin", fetched: [commitOf(from, id)], present: [], missing: [] });
    expect(stateOf(here)).toEqual(state.files);
    expect(refs(here)).toEqual([...state.refs, `refs/modeltrail/snapshots/${commitOf(from, id)}`].sort());
    expect(gitIn(here, "fsck", "--full", "--no-dangling")).toBe("");
    expect(await fetchCode(store, null)).toMatchObject({ fetched: [], present: [commitOf(from, id)] });
    const place = { gitDir: path.join(here, ".git"), root: here, commit: commitOf(from, id) };
    const run = {
      ...from.getRun(id)!,
      snapshot: { ...from.getRun(id)!.snapshot, code: { ...from.getRun(id)!.snapshot.code, ...place } },
    };
    expect(await codeOf(run)).toEqual(await codeOf(from.getRun(id)!));
  });

  test("that is named, or that the branch pushes to", async () => {
    const { root, remote } = withRemote();
    const other = path.join(temporaryFolder(), "other.git");
    gitIn(root, "init", "--quiet", "--bare", other);
    gitIn(root, "remote", "add", "other", other);
    const store = tempStore(root);
    const id = await addRun(store);
    expect((await pushCode(store, [id])).remote).toBe("origin");
    expect((await pushCode(store, [id], { remote: "other" })).pushed).toHaveLength(1);
    expect((await pushCode(store, [id], { remote })).present).toHaveLength(1);
    gitIn(root, "config", "remote.pushDefault", "other");
    expect(await pushCode(store, [id])).toMatchObject({ remote: "other", pushed: [] });
    gitIn(root, "config", "--unset", "remote.pushDefault");
    gitIn(root, "remote", "rename", "origin", "third");
    await expect(pushCode(store, [id])).rejects.toThrow(/several remotes \(other, third\)/);
    await expect(pushCode(store, [id], { remote: "--upload-pack=x" })).rejects.toThrow(/is not the name of a remote/);
  });

  test("only of runs whose code is there; the others are explained", async () => {
    const { root, remote } = withRemote();
    const from = tempStore(root);
    const id = await addRun(from);
    const outside = tempStore();
    const foreign = await addRun(outside, { name: "foreign" });
    const archive = path.join(temporaryFolder(), "runs.zip");
    await exportRuns(outside, [foreign], archive);
    await importRuns(from, archive);
    const bare = from.createRun({
      ...from.getRun(id)!,
      name: "bare",
      recorder: { pid: 1, startToken: "", host: "" },
      source: "cli",
    });
    const report = await pushCode(from, [id, foreign, bare]);
    expect(report.pushed).toEqual([commitOf(from, id)]);
    expect(report.skipped.map(({ name, reason }) => [name, reason])).toEqual([
      ["foreign", expect.stringMatching(/Modeltrail's own repository.*modeltrail export/)],
      ["bare", "its code was not captured."],
    ]);
    expect(snapshots(remote)).toHaveLength(1);
    expect(await fetchCode(from, [id, foreign])).toMatchObject({ fetched: [], missing: [{ name: "foreign" }] });
    await expect(pushCode(outside, [foreign])).rejects.toThrow(/is in no git repository.*modeltrail export/);
    gitIn(root, "update-ref", "-d", `refs/modeltrail/snapshots/${commitOf(from, id)}`);
    gitIn(root, "-c", "gc.reflogExpire=now", "gc", "--quiet", "--prune=now");
    expect((await pushCode(from, [id])).skipped).toMatchObject([
      { reason: expect.stringMatching(/no longer has its commit/) },
    ]);
    expect(await fetchCode(from, [id])).toMatchObject({ fetched: [commitOf(from, id)] });
    expect(Object.keys((await codeOf(from.getRun(id)!))!)).toContain("new.py");
  });

  test("submodules stay where they are, which is said", async () => {
    const library = makeRepository({ "lib.py": "lib = 1\n" });
    const { root } = withRemote();
    gitIn(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "vendor/lib");
    const store = tempStore(root);
    const id = await addRun(store);
    expect(await pushCode(store, [id])).toMatchObject({ pushed: [commitOf(store, id)], submodules: ["vendor/lib"] });
  });

  test("many runs at once", async () => {
    const { root, remote } = withRemote();
    const store = tempStore(root);
    const tree = gitIn(root, "rev-parse", "HEAD^{tree}");
    const ids = Array.from({ length: 500 }, (_, n) => {
      const id = store.createRun({
        experiment: "many",
        command: ["x"],
        cwd: root,
        script: null,
        startTime: n,
        recorder: { pid: 1, startToken: "", host: "" },
        source: "cli",
      });
      const commit = n % 50 === 0 ? gitIn(root, "commit-tree", "-m", `${n}`, tree) : null;
      const code = { commit, tree, head: null, branch: null, dirty: true, gitDir: path.join(root, ".git"), root };
      store.setCode(id, code, [], []);
      return id;
    });
    const report = await pushCode(store, ids);
    expect([report.pushed.length, report.skipped.length]).toEqual([10, 490]);
    expect(snapshots(remote)).toHaveLength(10);
  });
});

describe("remotes that cannot be used are explained", () => {
  test.each([
    ["no remote", undefined, /has no remote. Add one: git remote add origin URL/],
    ["nothing there", "/no/such/repository.git", /there is no repository at origin/],
    ["no such host", "https://no-such-host.invalid/x.git", /could not be reached. Check the network/],
  ])("%s", async (_, url, message) => {
    const root = makeRepository(SOURCES);
    if (url) gitIn(root, "remote", "add", "origin", url);
    const store = tempStore(root);
    const id = await addRun(store);
    await expect(pushCode(store, [id])).rejects.toThrow(message);
    await expect(fetchCode(store, null)).rejects.toThrow(message);
  });

  test("one that asks for a password does not wait for an answer", async () => {
    const server = createServer((_, response) =>
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const root = makeRepository(SOURCES);
      gitIn(root, "remote", "add", "origin", `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`);
      const store = tempStore(root);
      const id = await addRun(store);
      await expect(pushCode(store, [id])).rejects.toThrow(/asks for a name and password.*git fetch origin/);
    } finally {
      server.close();
    }
  });

  test("hooks of the user and of the remote that refuse", async () => {
    const { root, remote } = withRemote();
    const store = tempStore(root);
    const id = await addRun(store);
    const hook = path.join(root, ".git/hooks/pre-push");
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\ncat > .git/pushed\necho "no secrets please" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    await expect(pushCode(store, [id])).rejects.toThrow(/Pushing to origin failed.*no secrets please/s);
    expect(readFileSync(path.join(root, ".git/pushed"), "utf8")).toContain(commitOf(store, id));
    rmSync(hook);
    const theirs = path.join(remote, "hooks/pre-receive");
    mkdirSync(path.dirname(theirs), { recursive: true });
    writeFileSync(theirs, "#!/bin/sh\nexit 1\n");
    chmodSync(theirs, 0o755);
    await expect(pushCode(store, [id])).rejects.toThrow(/pre-receive hook declined/);
    expect(snapshots(remote)).toEqual([]);
  });

  test("a ref at the remote that lies about what it is", async () => {
    const { root, remote } = withRemote();
    gitIn(remote, "update-ref", `refs/modeltrail/snapshots/${"1".repeat(40)}`, "HEAD");
    const store = tempStore(root);
    expect(await fetchCode(store, null)).toMatchObject({ fetched: [], present: [] });
    expect(snapshots(root)).toEqual([]);
  });

  test("it can be given up", async () => {
    const { root, remote } = withRemote();
    const store = tempStore(root);
    const id = await addRun(store);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(pushCode(store, [id], { signal })).rejects.toThrow("enough");
    expect(snapshots(remote)).toEqual([]);
  });
});
