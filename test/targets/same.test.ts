/** The same example, started in the same way, makes the same record wherever it runs, and what comes of it runs here again. */
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Run } from "../../src/domain/run";
import type { Store } from "../../src/store/contract";
import { makeProject, modeltrail, python, recorded, runSession, useCli, withStore } from "../recorder/cli";
import { findPodman } from "./fixtures/podman";
import { hasRay, startRay } from "./fixtures/ray";
import { hasSlurm, type Slurm, startSlurm } from "./fixtures/slurm";
import { type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

useCli();
const podman = await findPodman();

/** A place to run: its settings in modeltrail.yaml, and what our own programs need to find it. */
interface Place {
  settings: Record<string, unknown>;
  env: NodeJS.ProcessEnv;
  /** Where its jobs are, when it has them in folders. */
  jobs?: string;
}

const example = path.join(import.meta.dirname, "../../examples/quickstart");
const command = ["train.py", "--epochs", "20"];

describe("the quickstart", () => {
  let project: string;
  let here: Run;
  /** Of the user: the project's own folder would be too wide. */
  let home: string;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [project, home] = [makeProject(), makeProject()];
    const filter = (source: string) => ![".venv", "outputs"].includes(path.basename(source));
    cpSync(example, project, { recursive: true, filter });
    const local = await runSession({ command: recorded([python, ...command]), cwd: project, env: { HOME: home } });
    expect(local.code, local.err.toString()).toBe(0);
    here = withStore(project, (store) => store.getRun(store.listRuns({}).runs[0]!.id)!);
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const places: [name: string, canBe: boolean, open: () => Promise<Place>][] = [
    ["ssh", Boolean(sshdProgram), overSsh],
    ["slurm", hasSlurm, onSlurm],
    ["podman", podman !== undefined, inPodman],
    ["ray", hasRay, onRay],
  ];

  for (const [name, canBe, open] of places) {
    test.skipIf(!canBe)(`is on ${name} what it is here`, async () => {
      const { settings, env, jobs } = await open();
      const before = path.join(project, "modeltrail.yaml");
      writeFileSync(before, stringify({ targets: { [name]: { python, ...settings } } }));
      const started = await runSession({
        command: [...modeltrail("run"), "--target", name, "--", python, ...command],
        cwd: project,
        env: { HOME: home, ...definedOf(env) },
      });
      expect(started.code, started.out.toString() + started.err.toString()).toBe(0);
      withStore(project, (store) => {
        const there = store.getRun(store.listRuns({}).runs[0]!.id)!;
        expect(there).toMatchObject({ status: "finished", tags: { target: name }, gaps: [], warnings: [] });
        expect(there.params).toEqual(here.params);
        expect(there.artifacts.length).toBeGreaterThan(0);
        expect(artifactsOf(there)).toEqual(artifactsOf(here));
        const points = pointsOf(store, there);
        expect(Object.keys(points).length).toBeGreaterThan(0);
        expect(points).toEqual(pointsOf(store, here));
      });
      // The follower removes what it has put there after the run has ended.
      const left = () => (jobs ? readdirSync(jobs).filter((one) => !one.startsWith(".")) : []);
      await expect.poll(left, { timeout: 20_000 }).toEqual([]);
      const again = await runSession({ command: modeltrail("reproduce", "latest"), cwd: project, env: { HOME: home } });
      expect(again.code, again.out.toString() + again.err.toString()).toBe(0);
    });
  }

  async function overSsh(): Promise<Place> {
    const sshd: Sshd = await startSshd();
    stops.push(sshd.stop);
    const jobs = path.join(sshd.home, ".modeltrail/jobs");
    return { settings: { kind: "ssh", host: sshd.alias, sshConfig: sshd.config }, env: sshd.env, jobs };
  }

  async function inPodman(): Promise<Place> {
    const { image, env } = podman!;
    const settings = { kind: "podman", image, network: "none", python: "python3" };
    return { settings, env, jobs: path.join(home, ".modeltrail/jobs") };
  }

  async function onRay(): Promise<Place> {
    const ray = await startRay();
    stops.push(ray.stop);
    return { settings: { kind: "ray", address: ray.address }, env: {} };
  }

  async function onSlurm(): Promise<Place> {
    const slurm: Slurm = await startSlurm();
    stops.push(slurm.stop);
    const jobs = path.join(slurm.folder, "jobs");
    return {
      settings: { kind: "slurm", folder: jobs, memory: "300MB" },
      env: { SLURM_CONF: slurm.env.SLURM_CONF },
      jobs,
    };
  }
});

const definedOf = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]!]] : [])));

const PASSED_ON = ["XDG_RUNTIME_DIR", "SLURM_CONF", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF"];

const artifactsOf = ({ artifacts }: Run) => artifacts.map((one) => [one.path, one.size, one.sha256]).sort();

/** Of what the script measured; what was measured of the machine is its own. */
function pointsOf(store: Store, { id, metrics }: Run) {
  const keys = Object.keys(metrics).filter((key) => !key.startsWith("system/"));
  return Object.fromEntries(
    keys.map((key) => [key, store.metricHistory(id, key, 0, 1000).points.map(({ step, value }) => [step, value])]),
  );
}
