import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Environment } from "../domain/run";
import { readEnvironment } from "./environment";

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "modeltrail-environment-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const read = (site: string, modules: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  readEnvironment({
    interpreter: {
      executable: "/usr/bin/python3",
      version: "3.11.7",
      implementation: "cpython",
      prefix: home,
      path: ["", site],
    },
    modules,
    env,
    root: path.join(home, "project"),
    storeFolder: path.join(home, "store"),
  });

function install(site: string, folder: string, files: Record<string, string>): void {
  mkdirSync(path.join(site, folder), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(site, folder, name), content);
}

const metadata = (name: string, version: string) =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nText.\n`;

describe("readEnvironment", () => {
  it("lists distributions as their authors name them, and which of them were imported", async () => {
    const site = path.join(home, "site-packages");
    install(site, "scikit_learn-1.5.0.dist-info", {
      METADATA: metadata("scikit-learn", "1.5.0"),
      RECORD:
        "sklearn/__init__.py,sha256=x,1\nsklearn/svm/_base.so,,\nscikit_learn-1.5.0.dist-info/METADATA,,\n../../bin/tool,,\n",
    });
    install(site, "six-1.16.0.dist-info", { METADATA: metadata("six", "1.16.0"), "top_level.txt": "six\n" });
    install(site, "old.egg-info", { "PKG-INFO": metadata("old", "0.1"), "top_level.txt": "old\n" });
    install(site, "broken-1.dist-info", {});
    install(site, "from_git-2.0.dist-info", {
      METADATA: metadata("from-git", "2.0"),
      "direct_url.json": '{"url": "https://me:pw@host/x.git", "vcs_info": {"vcs": "git", "commit_id": "1f3c"}}',
    });
    const { environment, gaps } = await read(site, ["sklearn", "json"]);
    expect(environment.packages).toEqual({
      "scikit-learn": "1.5.0",
      six: "1.16.0",
      old: "0.1",
      "from-git": "2.0 @ 1f3c",
    });
    expect(environment.imported).toEqual(["scikit-learn"]);
    expect(gaps).toEqual([]);
    expect(Environment.parse(environment)).toEqual(environment);
  });

  it("sees what was installed since, though it keeps what it has read", async () => {
    const site = path.join(home, "site-packages");
    install(site, "six-1.16.0.dist-info", { METADATA: metadata("six", "1.16.0") });
    await read(site);
    expect(readdirSync(path.join(home, "store/cache"))).toHaveLength(1);
    expect((await read(site)).environment.packages).toEqual({ six: "1.16.0" });
    rmSync(path.join(site, "six-1.16.0.dist-info"), { recursive: true });
    install(site, "six-1.17.0.dist-info", { METADATA: metadata("six", "1.17.0") });
    expect((await read(site)).environment.packages).toEqual({ six: "1.17.0" });
  });

  it("says which packages take their code from a folder outside the project", async () => {
    const site = path.join(home, "site-packages");
    const editable = (folder: string) => ({
      METADATA: metadata(folder, "1.0"),
      "direct_url.json": JSON.stringify({ url: `file://${home}/${folder}`, dir_info: { editable: true } }),
    });
    install(site, "library-1.0.dist-info", editable("library"));
    install(site, "inside-1.0.dist-info", editable("project/inside"));
    const { gaps } = await read(site);
    expect(gaps.map((gap) => gap.path)).toEqual([path.join(home, "library")]);
  });

  it("keeps only variables that are known to change results, and what conda installed", async () => {
    mkdirSync(path.join(home, "conda-meta"));
    writeFileSync(path.join(home, "conda-meta/cudatoolkit-11.8.0-h6a678d5_0.json"), "{}");
    const { environment } = await read(home, [], { PYTHONHASHSEED: "0", AWS_SECRET_ACCESS_KEY: "x", HOME: "/home/me" });
    expect(environment.variables).toEqual({ PYTHONHASHSEED: "0" });
    expect(environment.packages).toEqual({ "conda:cudatoolkit": "11.8.0" });
  });

  it("keeps seeds under the users' own names, but only numbers", async () => {
    const env = { TRAIN_SEED: "42", seed: "-7", WALLET_SEED: "abandon ability able", SEED: "1e5", SEEDS: "3" };
    const { environment } = await read(home, [], env);
    expect(environment.variables).toEqual({ TRAIN_SEED: "42", seed: "-7" });
  });

  it("agrees with Python about a real environment", async () => {
    const script = `
import importlib.metadata, json, sys
print(json.dumps([sys.path, {d.metadata["Name"]: d.version for d in reversed(list(importlib.metadata.distributions()))}]))`;
    const [sysPath, expected] = JSON.parse(execFileSync("python3", ["-c", script], { encoding: "utf8" }));
    const { environment } = await readEnvironment({
      interpreter: { executable: "python3", version: "3", implementation: "cpython", prefix: home, path: sysPath },
      modules: [],
      env: {},
      root: home,
      storeFolder: path.join(home, "store"),
    });
    const versions = Object.entries(environment.packages).map(([name, version]) => [name, version.split(" @ ")[0]]);
    expect(Object.fromEntries(versions)).toEqual(expected);
  });

  it("describes a machine without Python", async () => {
    const { environment } = await readEnvironment({
      interpreter: null,
      modules: [],
      env: {},
      root: home,
      storeFolder: home,
    });
    expect(environment.python).toBeNull();
    expect(environment.cores).toBeGreaterThan(0);
    expect(environment.memory).toBeGreaterThan(0);
    expect(environment.platform).not.toBe("");
  });
});
