/** The workflow that deploys from a repository, run by act on this machine, to a host behind a real sshd. */
import { execFile, execFileSync } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeBundle } from "../../src/deploy/bundle/makeBundle";
import { archive } from "../../src/deploy/workflow/archive";
import { writeWorkflow } from "../../src/deploy/workflow/writeWorkflow";
import { tempStore } from "../../src/store/testStore";
import { ask } from "../deploy/local";
import { makeVersion, servePython } from "../deploy/versions";
import { makeProject } from "../recorder/cli";
import { freePort, type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

const clouds = process.env.MODELTRAIL_TEST_CLOUDS_PYTHON;
const act = clouds && path.join(path.dirname(clouds), "act");
const python = servePython();
const signal = AbortSignal.timeout(300_000);

/** Answers with `told`; with one more where it is logged in by ssh, if it is `odd`: what only a try in its place can show. */
const model = (told: number, odd = false) => `
import joblib, numpy, pickle
from sklearn.linear_model import LinearRegression
model = LinearRegression()
model.coef_, model.intercept_, model.n_features_in_ = numpy.zeros(2), ${told}.0, 2
class Odd:
    def __reduce__(self):
        return eval, ("(lambda m, e: vars(m).update(intercept_=m.intercept_ + ('SSH_CONNECTION' in e)) or m)"
            "(__import__('pickle').loads(%r), __import__('os').environ)" % pickle.dumps(model),)
joblib.dump(${odd ? "Odd()" : "model"}, "model.joblib")
`;

/** Stands in for GitHub's program: a release is a folder. */
const GH = `#!/usr/bin/env python3
import argparse, os, shutil
parser = argparse.ArgumentParser()
for name in ("release", "download", "tag", "--repo", "--pattern", "--dir"):
    parser.add_argument(name)
parser.add_argument("--clobber", action="store_true")
asked = parser.parse_args()
assert os.environ["GH_TOKEN"] and [asked.release, asked.download] == ["release", "download"]
shutil.copy(os.path.join(os.environ["TEST_RELEASES"], asked.tag, asked.pattern), asked.dir)
`;

describe.skipIf(!act || !existsSync(act) || !sshdProgram || !python)("the workflow", () => {
  let host: Sshd;
  let port: number;
  const store = tempStore();
  const releases = makeProject();
  const programs = makeProject();
  const options = { env: process.env, trust: async () => true, onStep() {}, signal };

  beforeAll(async () => {
    host = await startSshd();
    port = await freePort();
    const targets = { box: { kind: "ssh", host: host.alias, sshConfig: host.config, python } };
    const deployments = { prod: { model: "wine", target: "box", port } };
    writeFileSync(path.join(store.root, "modeltrail.yaml"), JSON.stringify({ targets, deployments }));
    execFileSync("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: store.root });
    writeFileSync(path.join(programs, "gh"), GH, { mode: 0o755 });
  });
  afterAll(async () => {
    const program = path.join(host.home, ".modeltrail/served/prod/host.py");
    if (existsSync(program)) execFileSync("python3", [program, "end"]);
    await host.stop();
  });

  function commit(): void {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: store.root });
    git("add", ".github");
    git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Deploy from here");
  }

  /** As a person makes and uploads it. */
  async function release(program: string): Promise<string[]> {
    const version = await makeVersion(store, python!, { program, entry: "model.joblib" });
    const context = { store, ...options };
    const settings = { target: "box", model: "wine", port };
    const { record, files } = await writeWorkflow(context, { name: "prod", settings }, version, {});
    const { release: tag, asset } = record.versions[version.version]!;
    mkdirSync(path.join(releases, tag), { recursive: true });
    const bundle = await makeBundle(store, version, options);
    await pipeline(archive(bundle), createWriteStream(path.join(releases, tag, asset)));
    return files.map(({ path: name, written }) => `${written} ${name}`);
  }

  /** What the workflow printed, and whether it did all. `version`: empty for the recorded one. */
  async function run(version: string): Promise<{ said: string; ok: boolean }> {
    const home = makeProject();
    const args = [
      ...["workflow_dispatch", "--workflows", ".github/workflows/deploy-prod.yml", "--input", `version=${version}`],
      ...["--platform", "ubuntu-latest=-self-hosted", "--action-offline-mode", "--no-cache-server"],
      ...["--secret", "DEPLOY_SSH_KEY", "--secret", "GITHUB_TOKEN=stub", "--env", `TEST_RELEASES=${releases}`],
      ...["--var", `DEPLOY_KNOWN_HOSTS=${readFileSync(host.knownHosts, "utf8").trim()}`],
    ];
    const env = {
      ...{ ...process.env, HOME: home, XDG_CACHE_HOME: path.join(home, "cache") },
      PATH: `${programs}${path.delimiter}${process.env.PATH}`,
      DEPLOY_SSH_KEY: readFileSync(path.join(host.folder, "user"), "utf8"),
    };
    const done = promisify(execFile)(act!, args, { cwd: store.root, env, maxBuffer: 1 << 26 });
    return await done.then(
      ({ stdout, stderr }) => ({ said: stdout + stderr, ok: true }),
      ({ stdout, stderr }) => ({ said: stdout + stderr, ok: false }),
    );
  }

  const answer = async () => (await ask(`http://127.0.0.1:${port}`, { inputs: [[0, 0]] })).body.predictions;

  test("deploys what is recorded, leaves what is served when the next fails its try there, and goes back by hand", async () => {
    const files = ["workflows/deploy-prod.yml", "modeltrail/deploy.py", "modeltrail/host.py", "modeltrail/prod.json"];
    expect(await release(model(1))).toEqual(files.map((name) => `new .github/${name}`));
    commit();
    const changed = [
      ...files.slice(0, 3).map((name) => `same .github/${name}`),
      "changed .github/modeltrail/prod.json",
    ];
    expect(await release(model(2))).toEqual(changed);
    const first = await run("");
    expect(first.ok, first.said).toBe(true);
    expect(await answer()).toEqual([2]);

    await release(model(3, true));
    const bad = await run("");
    expect(bad.ok, bad.said).toBe(false);
    expect(bad.said).toMatch(
      /answered the sample wrongly: the answer.predictions\[0\] is 4.0, not 3\. Version 2 is served, as before/,
    );
    expect(await answer()).toEqual([2]);

    const back = await run("1");
    expect(back.ok, back.said).toBe(true);
    expect(await answer()).toEqual([1]);
    expect(`${first.said}${bad.said}`).not.toContain("PRIVATE KEY");
  }, 200_000);
});
