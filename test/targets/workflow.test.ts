/** The workflow that deploys from a repository, run by act on this machine, to a host behind a real sshd. */
import { execFile, execFileSync } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeBundle } from "../../src/deploy/bundle/makeBundle";
import { findDestination } from "../../src/deploy/operations/destination";
import { archive } from "../../src/deploy/workflow/archive";
import { writeWorkflow } from "../../src/deploy/workflow/writeWorkflow";
import { openStore } from "../../src/store/open";
import type { ModelVersion } from "../../src/store/registry/contract";

import { ask, until } from "../deploy/callers";
import { makeVersion, servePython } from "../deploy/versions";
import { makeProject } from "../recorder/cli";
import { DOCKER, GH, KUBECTL } from "./fixtures/githubStubs";
import { freePort, type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

const clouds = process.env.MODELTRAIL_TEST_CLOUDS_PYTHON;
const act = clouds && path.join(path.dirname(clouds), "act");
const hasAct = act !== undefined && existsSync(act);
if (!hasAct)
  console.warn("No act in the environment MODELTRAIL_TEST_CLOUDS_PYTHON: the generated workflow is not run.");
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

describe.skipIf(!hasAct || !sshdProgram || !python)("the workflow", () => {
  let host: Sshd;
  let port: number;
  const store = openStore(makeProject());
  const releases = makeProject();
  const programs = makeProject();
  const images = makeProject();
  const versions: ModelVersion[] = [];
  const options = { env: process.env, trust: async () => true, onStep() {}, signal };

  beforeAll(async () => {
    host = await startSshd();
    port = await freePort();
    const targets = {
      box: { kind: "ssh", host: host.alias, sshConfig: host.config, python },
      k8s: { kind: "kubernetes", namespace: "models", serving: {} },
    };
    const deployments = { prod: { model: "wine", target: "box", port }, cloud: { model: "wine", target: "k8s" } };
    writeFileSync(path.join(store.root, "modeltrail.yaml"), JSON.stringify({ targets, deployments }));
    execFileSync("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: store.root });
    for (const [name, text] of Object.entries({ gh: GH, docker: DOCKER, kubectl: KUBECTL })) {
      writeFileSync(path.join(programs, name), text, { mode: 0o755 });
    }
    for (const program of [model(1), model(2), model(3, true)]) {
      versions.push(await makeVersion(store, python!, { program, entry: "model.joblib" }));
    }
  });
  afterAll(async () => {
    const program = path.join(host.home, ".modeltrail/served/prod/host.py");
    if (existsSync(program)) execFileSync("python3", [program, "end"]);
    await host.stop();
    store.close();
  });

  function commit(): void {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: store.root });
    git("add", ".github");
    git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Deploy from here");
  }

  /** As a person makes it for a deployment, and uploads it. What was written, from the top of the repository. */
  async function release(number: number, deployment: "prod" | "cloud"): Promise<string[]> {
    const version = versions[number - 1]!;
    const destination = await findDestination(store, "wine", deployment);
    const { record, files } = await writeWorkflow({ store, ...options }, destination, version, {});
    const { release: tag, asset } = record.versions[number]!;
    mkdirSync(path.join(releases, tag), { recursive: true });
    const bundle = await makeBundle(store, version, options);
    await pipeline(archive(bundle), createWriteStream(path.join(releases, tag, asset)));
    return files.map(({ path: name, written }) => `${written} ${name}`);
  }

  /** What the workflow printed, and whether it did all. `version`: empty for the recorded one. */
  async function run(deployment: string, version = ""): Promise<{ said: string; ok: boolean }> {
    const home = makeProject();
    const args = [
      ...[
        "workflow_dispatch",
        "--workflows",
        `.github/workflows/deploy-${deployment}.yml`,
        "--input",
        `version=${version}`,
      ],
      ...["--platform", "ubuntu-latest=-self-hosted", "--action-offline-mode", "--no-cache-server"],
      ...["--secret", "DEPLOY_SSH_KEY", "--secret", "GITHUB_TOKEN=stub", "--secret", "DEPLOY_KUBECONFIG=a kubeconfig"],
      ...["--env", `TEST_RELEASES=${releases}`, "--env", `TEST_IMAGES=${images}`, "--env", `TEST_PYTHON=${python}`],
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
    expect(await release(1, "prod")).toEqual(files.map((name) => `new .github/${name}`));
    commit();
    const changed = [
      ...files.slice(0, 3).map((name) => `same .github/${name}`),
      "changed .github/modeltrail/prod.json",
    ];
    expect(await release(2, "prod")).toEqual(changed);
    const first = await run("prod");
    expect(first.ok, first.said).toBe(true);
    expect(await answer()).toEqual([2]);

    await release(3, "prod");
    const bad = await run("prod");
    expect(bad.ok, bad.said).toBe(false);
    expect(bad.said).toMatch(
      /answered the sample wrongly: the answer.predictions\[0\] is 4.0, not 3\. Version 2 is served, as before/,
    );
    expect(await answer()).toEqual([2]);

    const back = await run("prod", "1");
    expect(back.ok, back.said).toBe(true);
    expect(await answer()).toEqual([1]);
    // It is kept up.
    const { keeper } = JSON.parse(readFileSync(path.join(host.home, ".modeltrail/served/prod/state.json"), "utf8"));
    const processes = () => execFileSync("ps", ["-A", "-o", "ppid=,pid="], { encoding: "utf8" }).split("\n");
    const served = () => processes().flatMap((line) => new RegExp(`^ *${keeper} +(\\d+)$`).exec(line)?.[1] ?? [])[0];
    const killed = served();
    process.kill(Number(killed), "SIGKILL");
    const isUp = async () => served() !== killed && (await answer().catch(() => null)) !== null;
    const log = () => readFileSync(path.join(host.home, ".modeltrail/served/prod/log"), "utf8");
    await until(isUp, "an answer again", 60_000).catch(({ message }) => expect.fail(`${message}\n${log()}`));
    expect(`${first.said}${bad.said}`).not.toContain("PRIVATE KEY");
  }, 200_000);

  test("puts an image by its digest into a cluster, and goes back to what was there when that does not answer", async () => {
    await release(1, "cloud");
    const first = await run("cloud");
    expect(first.ok, first.said).toBe(true);
    expect(first.said).toContain("wine/1 answers its sample as it did when it was made.");
    expect(readFileSync(path.join(images, "revision-1"), "utf8")).toMatch(
      /image: ghcr\.io\/\S+\/cloud@sha256:[0-9a-f]{64}$/m,
    );

    await release(2, "cloud");
    const bad = await run("cloud");
    expect(bad.ok, bad.said).toBe(false);
    expect(bad.said).toContain("answers the sample wrongly: the answer.predictions[0] is -1, not 2");
    const said = readFileSync(path.join(images, "said"), "utf8").split("\n");
    expect(said.slice(-3, -1)).toEqual([
      "kubectl rollout undo deployment/cloud --to-revision 1",
      "kubectl rollout status deployment/cloud --timeout 600s",
    ]);
    expect(said.filter((line) => /^(?:build|run|push)/.test(line)).map((line) => line.split(" ")[0])).toEqual([
      ...["build", "run", "push"],
      ...["build", "run", "push"],
    ]);
  }, 200_000);

  const checker = path.join(path.dirname(clouds ?? ""), "check-jsonschema");
  test.runIf(existsSync(checker))("is what GitHub's schema has for one", () => {
    const files = ["prod", "cloud"].map((name) => path.join(store.root, `.github/workflows/deploy-${name}.yml`));
    const said = execFileSync(checker, ["--builtin-schema", "vendor.github-workflows", ...files], { encoding: "utf8" });
    expect(said).toContain("ok -- validation done");
  });
});
