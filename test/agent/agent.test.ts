/** The agent in each Python that it may meet, and what it says of packages against what we read ourselves. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseSpoolLine } from "../../src/ingest/spoolEvent";
import { pythonFolder } from "../../src/recorder/process/pythonFolder";
import { readEnvironment } from "../../src/snapshot/environment";
import { readDistributions } from "../../src/snapshot/packages";
import { processesOf, type TestJob, testJob } from "../../src/targets/jobFolder/testJob";
import { findOldPythons, findPythons } from "../tracer/python";

const jobs: TestJob[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const job of jobs.splice(0)) job.remove();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const SCRIPT = `
import json, os, subprocess, sys, time
print(sys.version_info[:2])
with open("out.json", "w") as file: json.dump({"a": open("in.txt").read()}, file)
subprocess.Popen(["sleep", "600"], start_new_session=True)
time.sleep(1.2)
`;

const oldPython = findOldPythons().at(-1);

describe.each(findPythons())("Python $version", ({ executable, version }) => {
  test("runs a job, tells of it, and leaves nothing running", async () => {
    const job = testJob(SCRIPT, { files: { "in.txt": "input" }, target: { python: executable } });
    jobs.push(job);
    const activate = { kind: "python" as const, path: executable };
    await job.submit({ activate });
    expect(await job.follow()).toMatchObject({ state: "ended", exitCode: 0, reason: null });
    const [major, minor] = version.split(".");
    expect(job.log().toString()).toBe(`(${major}, ${minor})\n`);
    expect(processesOf(job)).toEqual([]);
    expect(await job.collect()).toEqual([]);
    expect(job.staged("out.json")).toBe('{"a": "input"}');
    for (const name of ["host", "start", "open", "sample", "file"]) {
      for (const event of job.events(name)) expect(parseSpoolLine(JSON.stringify(event))).toMatchObject({ e: name });
      expect(job.events(name).length, name).toBeGreaterThan(0);
    }
    const { environment } = job.events("host").at(-1);
    const start = job.events("start")[0];
    const packages = await readDistributions(start.path, job.root);
    expect(environment).toMatchObject({ python: version, executable: start.executable });
    expect(environment.packages).toEqual(Object.fromEntries(packages.map((one) => [one.name, one.version])));
    // What the machine is, as we see it ourselves.
    const options = { interpreter: null, modules: [], env: {}, root: job.root, storeFolder: job.root };
    const { platform, cpu, cores, memory, gpus } = (await readEnvironment(options)).environment;
    expect(environment).toMatchObject({ platform, cpu, cores, memory, gpus });
    await job.clean();
  });
});

test.skipIf(!oldPython)("a Python that is too old says so", async () => {
  const job = testJob("print()", { target: { python: oldPython!.executable } });
  jobs.push(job);
  await expect(job.submit()).rejects.toThrow(
    /Modeltrail needs Python 3\.8 or newer there|could not make the job ready/,
  );
  const [problem] = await job.target.check(job.plan, { signal: new AbortController().signal });
  expect(problem!.message).toMatch(/is Python \d\.\d; jobs need 3\.8 or newer/);
});

test("packages of every kind are read as we read them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-packages-"));
  folders.push(folder);
  const write = (name: string, text: string) => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const info = (name: string, version: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nText\n`;
  write("a/Zeta_Pack-1.0.dist-info/METADATA", info("Zeta_Pack", "1.0"));
  write(
    "a/Zeta_Pack-1.0.dist-info/RECORD",
    "zeta/__init__.py,sha256=x,1\nsix.py,,\n_c.cpython-311-x86_64-linux-gnu.so,,\nzeta-1/x.txt,,\n",
  );
  write("a/alpha-2.dist-info/METADATA", info("alpha", "2"));
  write("a/alpha-2.dist-info/top_level.txt", "alpha\nalpha_two\n");
  const repository = { url: "https://host/x", vcs_info: { vcs: "git", commit_id: "1f3c" } };
  write("a/alpha-2.dist-info/direct_url.json", JSON.stringify(repository));
  write("a/here-3.dist-info/METADATA", info("here", "3"));
  write(
    "a/here-3.dist-info/direct_url.json",
    JSON.stringify({ url: "file:///some%20where/lib", dir_info: { editable: true } }),
  );
  write("a/old.egg-info/PKG-INFO", info("old", "4"));
  write("a/older-5.egg-info", info("older", "5"));
  write("a/broken-1.dist-info/METADATA", "nothing");
  write("b/zeta.pack-9.dist-info/METADATA", info("zeta.pack", "9"));
  const program = `
import json, sys
sys.path.insert(0, sys.argv[1])
from packages import conda_packages, distributions
print(json.dumps(list(distributions(sys.argv[2:])) + [conda_packages(sys.argv[2])]))
`;
  const path = [join(folder, "a"), "relative", join(folder, "b"), join(folder, "none")];
  write("a/conda-meta/cudatoolkit-11.8.0-h6a678d5_0.json", "{}");
  const argv = ["-I", "-c", program, pythonFolder("agent"), ...path];
  const [packages, modules, sources, conda] = JSON.parse(execFileSync("python3", argv, { encoding: "utf8" }));
  const ours = await readDistributions(path, join(folder, "cache"));
  expect(Object.entries(packages)).toEqual(ours.map((one) => [one.name, one.version]));
  expect(modules).toEqual(Object.fromEntries(ours.map((one) => [one.name, one.modules])));
  const withFolder = ours.filter((one) => one.sourceFolder !== null);
  expect(sources).toEqual(
    Object.fromEntries(withFolder.map((one) => [one.sourceFolder, `${one.name} ${one.version}`])),
  );
  expect(Object.keys(sources)).toEqual(["/some where/lib"]);
  expect(conda).toEqual({ "conda:cudatoolkit": "11.8.0" });
});
