import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import type { TargetOf } from "../../domain/targets";
import { findProgram } from "../../snapshot/findProgram";
import { testProject } from "../gates/testGates";
import { testManifest } from "../testManifest";
import { archive, archiveHash, archiveName } from "./archive";
import { workflowText } from "./frame";
import { checkOurs, marked, writeOurs } from "./generated";
import { kubernetesSteps } from "./kubernetesSteps";
import { readRecord, recordText, withBundle } from "./record";
import { type SshAddress, sshAddress } from "./sshAddress";
import { sshSteps } from "./sshSteps";
import { writeWorkflow } from "./writeWorkflow";

const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-workflow-"));
afterAll(() => rmSync(folder, { recursive: true }));
const signal = AbortSignal.timeout(60_000);
const SCRIPT = path.resolve(import.meta.dirname, "../../../python/ci/deploy.py");
const python = findProgram("python3")!;

/** A bundle with one file. */
function bundleOf(version: number) {
  const place = path.join(folder, `bundle-${version}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "model.txt"), `version ${version}`);
  const manifest = testManifest({ version, files: [{ path: "model.txt", size: 9, sha256: "" }] });
  writeFileSync(path.join(place, "bundle.json"), JSON.stringify(manifest));
  return { hash: String(version).repeat(64), folder: place, manifest };
}

async function bytes(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

describe("the record", () => {
  test("lists versions, names the newest, keeps the earlier ones, and is of one model", async () => {
    let record = readRecord(null, "prod.json", "prod", "wine");
    for (const version of [1, 2]) record = withBundle(record, bundleOf(version), await archiveHash(bundleOf(version)));
    expect(readRecord(recordText(record), "prod.json", "prod", "wine")).toEqual(record);
    expect(record).toMatchObject({
      serve: 2,
      versions: { 1: { release: "wine-1", asset: "wine-1-111111111111.zip" } },
    });
    expect(() => readRecord(recordText(record), "prod.json", "prod", "beer")).toThrow(
      /lists versions of wine, not of beer/,
    );
    expect(() => readRecord("{", "prod.json", "prod", "wine")).toThrow(/^prod.json cannot be understood/);
  });

  test("an archive has the same bytes each time, and the bundle in it", async () => {
    const bundle = bundleOf(3);
    const made = await bytes(archive(bundle));
    expect(createHash("sha256").update(made).digest("hex")).toBe(await archiveHash(bundle));
    expect(await bytes(archive(bundle))).toEqual(made);
    expect(archiveName(bundle)).toBe("wine-3-333333333333.zip");
  });
});

describe("what the steps call", () => {
  const call = (...args: string[]) =>
    promisify(execFile)(python, [SCRIPT, ...args]).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, said: stdout }),
    );

  test("chooses what is recorded or asked for, and says what there is to ask for", async () => {
    const file = path.join(folder, "prod.json");
    let record = readRecord(null, file, "prod", "wine");
    for (const version of [1, 2]) record = withBundle(record, bundleOf(version), "a".repeat(64));
    writeFileSync(file, recordText(record));
    expect(await call("choose", file, "")).toEqual({
      code: 0,
      said: `VERSION=2\nBUNDLE=${"2".repeat(64)}\nRELEASE=wine-2\nASSET=wine-2-222222222222.zip\nSHA256=${"a".repeat(64)}\n`,
    });
    expect((await call("choose", file, "1")).said).toContain("VERSION=1");
    const unknown = await call("choose", file, "$(id)");
    expect(unknown.code).toBe(1);
    expect(unknown.said).toMatch(/^::error::.* lists no version \$\(id\) of wine\. It lists: 1, 2\./);
    // Lines of the environment of all later steps come of it.
    record.versions[1]!.asset = "a\nLD_PRELOAD=x";
    writeFileSync(file, recordText(record));
    expect(await call("choose", file, "1")).toMatchObject({ code: 1, said: expect.not.stringMatching(/^LD_PRELOAD/m) });
  });

  test("unpacks a bundle that is the recorded one, and no other", async () => {
    const file = path.join(folder, "wine.zip");
    writeFileSync(file, await bytes(archive(bundleOf(4))));
    const sha256 = await archiveHash(bundleOf(4));
    const [to, other] = [path.join(folder, "to"), path.join(folder, "other")];
    expect((await call("unpack", file, sha256, to)).code).toBe(0);
    expect(readFileSync(path.join(to, "model.txt"), "utf8")).toBe("version 4");
    const wrong = await call("unpack", file, "b".repeat(64), other);
    expect(wrong).toMatchObject({ code: 1, said: expect.stringContaining("is not the bundle that was recorded") });
    expect(existsSync(other)).toBe(false);
  });
});

test("a bundle says by itself what of it is not as it was", async () => {
  const place = path.join(folder, "checked");
  mkdirSync(place);
  const sha256 = createHash("sha256").update("a").digest("hex");
  const files = ["README.md", "model.txt"].map((name) => ({ path: name, size: 1, sha256 }));
  writeFileSync(path.join(place, "bundle.json"), JSON.stringify(testManifest({ files })));
  const env = { ...process.env, PYTHONPATH: path.resolve(SCRIPT, "../../serve"), PYTHONDONTWRITEBYTECODE: "1" };
  const check = () =>
    promisify(execFile)(python, ["-m", "modeltrail_serve.check", place], { env }).catch((error) => error.stderr.trim());
  const said = (what: string) => `The bundle in ${place} is not fit to be served: ${what}.`;
  expect(await check()).toBe(said("model.txt is missing"));
  writeFileSync(path.join(place, "model.txt"), "b");
  expect(await check()).toBe(said("model.txt is not as it was when the bundle was made"));
  // Images are made without a README; what comes next is that there is no such model.
  writeFileSync(path.join(place, "model.txt"), "a");
  expect(await check()).toContain("its model cannot be read: ");
});

describe("files", () => {
  test("are written over as long as nobody changed them", async () => {
    const file = path.join(folder, "a", "deploy.yml");
    await checkOurs(file, "deploy.yml");
    expect(await writeOurs(file, marked("a: 1\n"))).toBe("new");
    expect(await writeOurs(file, marked("a: 1\n"))).toBe("same");
    await checkOurs(file, "deploy.yml");
    expect(await writeOurs(file, marked("a: 2\n"))).toBe("changed");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("\n", "\r\n"));
    await checkOurs(file, "deploy.yml");
    writeFileSync(file, readFileSync(file, "utf8").replace("a: 2", "a: 3"));
    await expect(checkOurs(file, "deploy.yml")).rejects.toThrow(/was changed by hand since, and is left as it is/);
    writeFileSync(file, "a: 1\n");
    await expect(checkOurs(file, "deploy.yml")).rejects.toThrow(/was not written by this command/);
  });
});

describe("a workflow for ssh", () => {
  const address: SshAddress = { host: "box.example.com", port: "2222", user: "me", jump: null };
  function workflow(settings: Partial<DeploymentSettings> = {}, target: Partial<TargetOf<"ssh">> = {}, at = address) {
    const place = sshSteps("prod", { kind: "ssh", host: "box", ...target }, { target: "box", ...settings }, at);
    const text = workflowText({ deployment: "prod", record: ".github/modeltrail/prod.json", ...place });
    return { ...place, text, whole: parse(text) };
  }

  test("may read the repository and nothing else, runs one at a time, and keeps what others say out of its scripts", () => {
    const { whole, text, needs } = workflow();
    expect(whole.permissions).toEqual({});
    expect(whole.concurrency).toEqual({ group: "deploy-prod", "cancel-in-progress": false });
    const { deploy } = whole.jobs;
    expect(deploy).toMatchObject({ environment: "prod", permissions: { contents: "read" }, "timeout-minutes": 60 });
    expect(deploy.steps[0].uses).toMatch(/^actions\/checkout@[0-9a-f]{40}$/);
    expect(deploy.steps[0].with).toEqual({ "persist-credentials": false });
    for (const { run = "" } of deploy.steps) expect(run).not.toContain("${{");
    expect(text).not.toMatch(/[ \t]$/m);
    expect(needs.map((need) => need.split(":")[0])).toEqual([
      "the secret DEPLOY_SSH_KEY",
      "the variable DEPLOY_KNOWN_HOSTS",
    ]);
  });

  test("tells the host what the deployment's settings are, and sends a token by its input", () => {
    const settings = { port: 9000, host: "0.0.0.0", workers: 2, token: true };
    const jump = { ...address, jump: "me@gate" };
    const { whole, env, needs } = workflow(settings, { python: "~/it's/python" }, jump);
    const runs: string[] = whole.jobs.deploy.steps.map(({ run = "" }: { run?: string }) => run);
    expect(env).toMatchObject({ SSH_HOST: "box.example.com", SSH_JUMP: "me@gate", SERVE_PYTHON: "~/it's/python" });
    expect(runs.find((run) => run.includes("host.py serve"))).toContain(
      '--host 0.0.0.0 --port 9000 --workers 2 --python $(printf %q "$SERVE_PYTHON")',
    );
    expect(runs.find((run) => run.includes("$FOLDER/token"))).toContain('printf %s "$SERVE_TOKEN" | ssh');
    expect(runs.find((run) => run.includes("ProxyJump"))).toContain("ProxyJump $SSH_JUMP");
    expect(needs.at(-1)).toMatch(/DEPLOY_TOKEN/);
    expect(runs.every((run) => !run.includes("it's"))).toBe(true);
  });

  test("listens at addresses only", () => {
    expect(() => workflow({ host: "$(id)" })).toThrow(/no address that a deployment can listen at/);
  });

  test.runIf(findProgram("bash"))("has scripts that bash understands", () => {
    for (const { run } of workflow({ token: true }).whole.jobs.deploy.steps) {
      if (run) execFileSync("bash", ["-n"], { input: run });
    }
  });

  test.runIf(findProgram("ssh"))("goes where the user's own configuration of ssh leads", async () => {
    const sshConfig = path.join(folder, "ssh_config");
    writeFileSync(
      sshConfig,
      "Host box\n  HostName box.example.com\n  Port 2222\n  User me\n  ProxyJump you@gate\nHost far\n  ProxyCommand nc %h 22\n",
    );
    const asked = { host: "box", sshConfig };
    expect(await sshAddress(asked, folder, signal)).toEqual({ ...address, jump: "you@gate" });
    await expect(sshAddress({ ...asked, host: "far" }, folder, signal)).rejects.toThrow(/reached by a ProxyCommand/);
  });
});

test("writing it needs a repository, a target that GitHub reaches, and gates that pass, and else leaves nothing", async () => {
  const targets = "targets: { k8s: { kind: kubernetes, serving: { registry: ghcr.io/me } }, gpu: { kind: slurm } }";
  const gates = "gates: { never: { kind: metric, metric: accuracy, min: 2 } }";
  const project = testProject(`${targets}\n${gates}\n`);
  const { store } = project;
  const version = project.version(() => [], { points: [{ key: "accuracy", value: 1, step: 0, time: 0 }] });
  const context = { store, env: process.env, trust: async () => true, signal };
  const write = (target: string, file?: string) =>
    writeWorkflow(context, { name: "prod", settings: { target, model: "wine" } }, version, file ? { file } : {});

  await expect(write("k8s")).rejects.toThrow(/is in no git repository/);
  execFileSync("git", ["init", "--quiet"], { cwd: store.root });
  await expect(write("gpu")).rejects.toThrow(/"gpu" is of the kind slurm/);
  await expect(write("local")).rejects.toThrow(/which GitHub does not reach/);
  await expect(write("k8s", path.join(store.root, "deploy.yml"))).rejects.toThrow(/GitHub looks for workflows in/);
  await expect(write("k8s")).rejects.toThrow(/Version 1 did not pass its gates\. never: .*accuracy/);
  expect(existsSync(path.join(store.root, ".github"))).toBe(false);
});

describe("a workflow for Kubernetes", () => {
  const target: TargetOf<"kubernetes"> = {
    kind: "kubernetes",
    namespace: "models",
    serving: { replicas: 2, patience: 90 },
  };
  function workflow(settings: Partial<DeploymentSettings> = {}) {
    const place = kubernetesSteps("prod", target, { target: "k8s", ...settings }, bundleOf(5));
    const text = workflowText({ deployment: "prod", record: ".github/modeltrail/prod.json", ...place });
    return { ...place, whole: parse(text), manifest: place.texts!["prod.yaml"]! };
  }

  test("has a manifest for every version, which the version and its image are put into", () => {
    const { whole, manifest } = workflow();
    const step = whole.jobs.deploy.steps.find(({ name }: { name: string }) => name === "Deploy it");
    const sed = /^sed .* \\$/m.exec(step.run)![0].slice(0, -1);
    const env = {
      DIGEST: "ghcr.io/me/it/prod@sha256:abc",
      VERSION: "7",
      BUNDLE: "7".repeat(64),
      PATH: process.env.PATH,
    };
    const filled = execFileSync("sh", ["-c", sed], { input: manifest, env, encoding: "utf8" });
    const [workload, service] = parseAllDocuments(filled).map((one) => one.toJS());
    expect(workload.spec.template.spec.containers[0].image).toBe(env.DIGEST);
    for (const part of [workload, workload.spec.template])
      expect(part.metadata.labels["modeltrail.dev/version"]).toBe("7");
    expect(workload.metadata.annotations["modeltrail.dev/bundle"]).toBe(env.BUNDLE);
    expect(filled).not.toMatch(/signature|[A-Z]-[A-Z]+-/);
    // The pods of each version are behind the service, though their labels differ.
    const { matchLabels } = workload.spec.selector;
    expect(workload.spec.template.metadata.labels).toMatchObject(matchLabels);
    expect(service.spec.selector).toEqual(matchLabels);
  });

  test("may push an image and nothing else, tries it before it is pushed, and goes back when it does not answer", () => {
    const { whole, needs } = workflow({ token: true, port: 9000 });
    const { permissions, steps } = whole.jobs.deploy;
    expect(permissions).toEqual({ contents: "read", packages: "write" });
    const names: string[] = steps.map(({ name = "" }) => name);
    const places = [
      "Build its image, and ask that its sample",
      "Push it",
      "Deploy it",
      "Ask the service its sample",
    ].map((name) => names.indexOf(name));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places[0]).toBeGreaterThan(0);
    const back = steps.find(({ if: when = "" }) => when.startsWith("failure()"));
    expect(back.run).toContain('rollout undo "deployment/$NAME" --to-revision "$BEFORE"');
    expect(steps[places[3]!].run).toContain("18080:9000");
    expect(steps[places[3]!].env.SERVE_TOKEN).toContain("secrets.DEPLOY_TOKEN");
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
    expect(needs.at(-1)).toMatch(/DEPLOY_TOKEN/);
    if (findProgram("bash")) for (const { run } of steps) if (run) execFileSync("bash", ["-n"], { input: run });
  });
});
