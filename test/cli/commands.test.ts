/** The commands that read and edit what is recorded, over a real store and through the real program. */
import { execFile, spawn } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Run, RunSummary } from "../../src/domain/run";
import { openStore } from "../../src/store/open";
import { processIdentity } from "../../src/store/process";
import { baseEnvironment, makeProject, modeltrail, useCli } from "../recorder/cli";

useCli();

let project: string;
beforeEach(() => {
  project = makeProject({ "modeltrail.yaml": "" });
});

interface Result {
  code: number;
  out: string;
  err: string;
}

function cli(...args: string[]): Promise<Result> {
  const [program, ...rest] = modeltrail(...args);
  return new Promise((resolve) => {
    execFile(program!, rest, { cwd: project, env: baseEnvironment(project) }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

/** A run that ended; gives its id. */
function addRun(
  name: string,
  options: { accuracy?: number; exitCode?: number; log?: string; tags?: Record<string, string> } = {},
): string {
  const store = openStore(project);
  try {
    const startTime = Date.now() - 60_000;
    const id = store.createRun({
      name,
      experiment: "wine",
      command: ["python", "train.py", "it's"],
      cwd: project,
      script: "train.py",
      tags: options.tags,
      startTime,
      recorder: processIdentity(),
      source: "cli",
    });
    const points = [{ key: "accuracy", value: options.accuracy ?? 0.5, step: 1, time: startTime }];
    store.ingest(id, { params: { lr: "0.1" }, points: [{ source: "output", points }] });
    if (options.log) appendFileSync(store.logPath(id), options.log);
    const exitCode = options.exitCode ?? 0;
    store.endRun(id, {
      status: exitCode === 0 ? "finished" : "failed",
      exitCode,
      signal: null,
      endTime: startTime + 4000,
    });
    return id;
  } finally {
    store.close();
  }
}

const list = async (...args: string[]) =>
  z.array(RunSummary).parse(JSON.parse((await cli("ls", "--json", ...args)).out));

describe("ls", () => {
  it("is friendly where nothing is recorded, and makes nothing", async () => {
    expect(await cli("ls")).toMatchObject({ code: 0, out: expect.stringContaining("No runs yet") });
    expect(await list()).toEqual([]);
    expect(existsSync(join(project, ".modeltrail"))).toBe(false);
  });

  it("filters, sorts and limits", async () => {
    addRun("bad", { accuracy: 0.1, exitCode: 3 });
    addRun("best", { accuracy: 0.9, tags: { data: "v2" } });
    addRun("good", { accuracy: 0.7 });
    const names = async (...args: string[]) => (await list(...args)).map(({ name }) => name);
    expect(await names("--sort", "metric:accuracy:desc")).toEqual(["best", "good", "bad"]);
    expect(await names("--sort", "metric:accuracy:desc", "--limit", "1")).toEqual(["best"]);
    expect(await names("--status", "failed,lost")).toEqual(["bad"]);
    expect(await names("--tag", "data=v2")).toEqual(["best"]);
    expect(await names("--text", "GOO")).toEqual(["good"]);
    expect(await names("--experiment", "other")).toEqual([]);
    expect((await names("--script", "train.py")).length).toBe(3);
    expect(await names("--scratch")).toEqual(["bad"]);
    expect((await names("--no-scratch")).sort()).toEqual(["best", "good"]);
    expect((await cli("pin", "good")).code).toBe(0);
    expect(await names("--pinned")).toEqual(["good"]);
    const { out } = await cli("ls", "--limit", "2");
    expect(out.split("\n")[0]).toMatch(/^ID +NAME +EXPERIMENT +STATUS/);
    expect(out).toContain("2 of 3 runs");
  });

  it("says what is wrong with its options", async () => {
    expect(await cli("ls", "--sort", "speed")).toMatchObject({ code: 1, err: expect.stringContaining('by "speed"') });
    expect(await cli("ls", "--status", "done")).toMatchObject({
      code: 1,
      err: expect.stringContaining("running, finished"),
    });
    expect(await cli("ls", "--limit", "-1")).toMatchObject({ code: 1 });
    expect(await cli("ls", "--nonsense")).toMatchObject({ code: 2, err: expect.stringContaining("--nonsense") });
  });
});

describe("show", () => {
  it("gives a run, whole, by id, prefix, name or latest", async () => {
    const id = addRun("amber-falcon-12", { accuracy: Number.NaN });
    for (const reference of [id, id.slice(0, 6), "amber-falcon-12", "latest"]) {
      const { out } = await cli("show", reference, "--json");
      const run = JSON.parse(out);
      expect(run).toMatchObject({
        id,
        name: "amber-falcon-12",
        experiment: "wine",
        status: "finished",
        exitCode: 0,
        signal: null,
        command: ["python", "train.py", "it's"],
        cwd: project,
        params: { lr: "0.1" },
        metrics: { accuracy: { last: "NaN", count: 1, lastStep: 1 } },
        parent: null,
        gaps: [],
        warnings: [],
        artifacts: [],
        snapshot: { code: { commit: null }, data: [], config: [] },
      });
      expect(Object.keys(run.metrics.accuracy).sort()).toEqual(["count", "last", "lastStep", "max", "min"]);
      expect(Run.omit({ metrics: true }).safeParse(run).success).toBe(true);
    }
    const { out } = await cli("show", "latest");
    for (const part of ["amber-falcon-12", "finished", "python train.py 'it'\\''s'", "lr", "accuracy"])
      expect(out).toContain(part);
  });

  it("names the run that it cannot find, and what to do where there is none", async () => {
    expect(await cli("show", "latest")).toMatchObject({
      code: 1,
      err: expect.stringContaining("modeltrail run -- python train.py"),
    });
    addRun("one");
    expect(await cli("show", "two")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("two") });
  });
});

describe("log", () => {
  it("shows overwritten lines as they were left, and the very bytes on request", async () => {
    addRun("bar", { log: "start\n10%\r50%\r100%\ndone" });
    expect((await cli("log", "bar")).out).toBe("start\n100%\ndone");
    expect((await cli("log", "bar", "--raw")).out).toBe("start\n10%\r50%\r100%\ndone");
    expect(JSON.parse((await cli("log", "bar", "--json")).out)).toMatchObject({
      text: "start\n100%\ndone",
      size: 23,
      skipped: 0,
    });
    expect(await cli("log", "bar", "--json", "-f")).toMatchObject({ code: 1 });
    expect((await cli("log", "bar", "-f")).out).toBe("start\n100%\ndone");
  });

  it("follows a run to its end", async () => {
    const script =
      "import sys, time, os\nprint('one', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.02)\nprint('two')";
    const running = cli("run", "--name", "live", "--", "python3", "-c", script);
    await expect.poll(async () => (await cli("log", "live")).out, { timeout: 60_000 }).toBe("one\n");
    const followed = cli("log", "-f", "live");
    appendFileSync(join(project, "go"), "");
    expect((await followed).out).toBe("one\ntwo\n");
    expect((await running).code).toBe(0);
  });
});

describe("edits", () => {
  it("rename, tag, note, delete and restore", async () => {
    const id = addRun("first", { tags: { keep: "1" } });
    expect((await cli("rename", "first", "second")).out).toContain("second");
    expect((await cli("tag", "second", "data=v1", "keep=")).out).toContain("data=v1");
    await cli("note", "second", "the good one");
    expect((await list())[0]).toMatchObject({ name: "second", tags: { data: "v1" }, note: "the good one" });
    expect((await cli("rm", "second")).out).toContain(`restore-run ${id.slice(0, 8)}`);
    expect(await list()).toEqual([]);
    expect(await list("--deleted")).toHaveLength(1);
    await cli("restore-run", "second");
    expect(await list()).toHaveLength(1);
    expect(await cli("tag", "second", "nonsense")).toMatchObject({
      code: 1,
      err: expect.stringContaining("key=value"),
    });
  });
});

describe("stop", () => {
  it("ends a run and all it started, and says so", async () => {
    const script =
      "import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\nprint('up', flush=True)\ntime.sleep(600)";
    const running = cli("run", "--name", "endless", "--", "python3", "-c", script);
    await expect.poll(async () => (await cli("log", "endless")).out, { timeout: 60_000 }).toBe("up\n");
    expect(await cli("rm", "endless")).toMatchObject({ code: 1, err: expect.stringContaining("endless") });
    expect(await cli("stop", "endless")).toMatchObject({ code: 0, out: expect.stringContaining("Stopped endless") });
    await running;
    expect((await list())[0]).toMatchObject({ status: "killed" });
    expect(await cli("stop", "endless")).toMatchObject({ code: 1, err: expect.stringContaining("killed") });
  });
});

describe("doctor", () => {
  it("checks each part and says what works", async () => {
    const { code, out } = await cli("doctor", "--json");
    expect(code).toBe(0);
    const checks: { name: string; status: string; message: string }[] = JSON.parse(out);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["node", "store", "disk", "git", "python tracer", "terminal"]),
    );
    expect(checks.find(({ name }) => name === "python tracer")).toMatchObject({ status: "ok" });
    expect(existsSync(join(project, ".modeltrail"))).toBe(false);
    expect((await cli("doctor")).out).toContain("python tracer");
  });
});

describe("the program", () => {
  it("knows its version and explains itself", async () => {
    expect((await cli("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await cli("--help")).toMatchObject({ code: 0, out: expect.stringContaining("restore-run") });
    expect(await cli("nonsense")).toMatchObject({ code: 2, err: expect.stringContaining("nonsense") });
    expect(await cli("run")).toMatchObject({ code: 2, err: expect.stringContaining("command") });
  });
});

it.each([[["--help"]], [["ls", "--json"]]])("ends quietly when nobody reads what %j prints", async (args) => {
  const [program, ...rest] = modeltrail(...args);
  const child = spawn(program!, rest, {
    cwd: project,
    env: baseEnvironment(project),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, said }).toEqual({ code: 0, said: "" });
});
