import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { JobsNode, MoreJobsNode } from "../../src/extension/jobs/nodes";
import { openStore } from "../../src/store/open";
import {
  cleanUp,
  hasEnded,
  internals,
  print,
  runOfScript,
  type TestInternals,
  until,
  workspaceRoot,
  writeScript,
} from "./support";

const MAIN = ["def main():", "    print('loss=0.5')", "if __name__ == '__main__':", "    main()"];

describe("launching", () => {
  let own: TestInternals;
  const undo: (() => unknown)[] = [];
  before(async () => {
    own = await internals();
  });
  afterEach(async () => {
    for (const step of undo.splice(0)) await step();
  });
  after(cleanUp);

  it("is offered as tasks for whatever can be started, and those of tasks.json are resolved", async () => {
    await writeScript("host launch.py", MAIN);
    await writeScript("dvc.yaml", ["stages:", "  prepare: {cmd: python x.py}"]);
    const tasks = await vscode.tasks.fetchTasks({ type: "modeltrail" });
    const definitions = tasks.map(({ definition }) => definition);
    const task = tasks.find(({ definition }) => definition.script === "host launch.py");
    assert.ok(task, JSON.stringify(definitions));
    assert.equal(task.group, vscode.TaskGroup.Build);
    assert.deepEqual(task.problemMatchers, []);
    const { args } = task.execution as vscode.ProcessExecution;
    assert.deepEqual(args.slice(-1), ["host launch.py"]);
    const stage = tasks.find(({ definition }) => definition.stage === "prepare");
    assert.deepEqual((stage!.execution as vscode.ProcessExecution).args.slice(-4), ["-m", "dvc", "repro", "prepare"]);
  });

  it("of a job waits in the queue, is seen there, and makes a run", async () => {
    const script = await writeScript("host queued.py", MAIN);
    const root = workspaceRoot();
    const command = (await own.launcher.request({ script, args: [] })).command;
    await own.projects.call("addJob", { root, job: { target: "local", command, cwd: root } });
    const label = () => labels(own);
    await until("the job is in the view", async () => (await label()).includes("Queued"));
    // Its runner is started as the view's own button does.
    await vscode.commands.executeCommand("modeltrail.pauseQueue");
    await vscode.commands.executeCommand("modeltrail.resumeQueue");
    const run = await runOfScript(own, "host queued.py", hasEnded);
    assert.equal(run.status, "finished");
    const ended = await until("the job has ended", async () => {
      const [job] = await own.projects.call("listJobs", { root, group: "ended", limit: 1 });
      return job?.run === run.id && job;
    });
    assert.equal(ended.outcome, "finished");
  });

  it("of a job that nobody looks after goes on when its project is opened", async () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "left-job-")));
    const store = openStore(folder);
    const { id } = store.jobs.create({ target: "local", command: ["python3", "-c", "print(1)"], cwd: folder });
    store.close();
    const { root } = await own.projects.ensure(folder);
    undo.push(async () => {
      await own.projects.call("close", { root });
      rmSync(folder, { recursive: true, maxRetries: 5 });
    });
    await until("the job has ended", async () => {
      const [job] = await own.projects.call("getJobs", { root, ids: [id] });
      return job?.outcome === "finished";
    });
  });

  it("of a thousand jobs shows a page of them", async () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "many-jobs-")));
    const store = openStore(folder);
    store.jobs.setPaused(null, true);
    const job = { target: "local", command: ["python3", "-c", "0"], cwd: folder };
    store.jobs.createMany(Array<typeof job>(1_000).fill(job));
    store.close();
    const { root } = await own.projects.ensure(folder);
    undo.push(async () => {
      await own.projects.call("close", { root });
      rmSync(folder, { recursive: true, maxRetries: 5 });
    });
    const started = performance.now();
    const queued = await until("its jobs are known", async () => {
      const roots = (await own.jobs.getChildren()).filter((node) => node.root === root);
      const groups = roots[0]?.kind === "jobsProject" ? await own.jobs.getChildren(roots[0]) : roots;
      return groups.find((node) => node.kind === "jobGroup" && node.group === "queued");
    });
    const jobs = await own.jobs.getChildren(queued);
    for (const node of jobs) own.jobs.getTreeItem(node);
    print(`first rows of 1,000 queued jobs: ${(performance.now() - started).toFixed(0)} ms`);
    assert.equal(jobs.length, 51);
    assert.equal(own.jobs.getTreeItem(queued).description, "1,000 · paused");
    own.jobs.loadMore(jobs.at(-1) as MoreJobsNode);
    assert.equal((await own.jobs.getChildren(queued)).length, 101);
  });
});

describe("modeltrail.yaml", () => {
  let document: vscode.TextDocument;
  let folder: string;
  before(async () => {
    await internals();
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "project-file-")));
    const file = path.join(folder, "modeltrail.yaml");
    writeFileSync(file, "targets:\n  gpu:\n    kind: odd\n");
    document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
  });
  after(async () => {
    await cleanUp();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  it("is checked while it is edited", async () => {
    const [fault] = await until("its faults are shown", () => {
      const found = vscode.languages.getDiagnostics(document.uri);
      return found.length > 0 && found;
    });
    assert.match(fault!.message, /"targets\.gpu\.kind" has to be one of ssh, slurm/);
    assert.equal(document.getText(fault!.range), "odd");
    assert.equal(fault!.source, "Modeltrail");
  });

  it("is completed and explained by its schema", async () => {
    const at = document.positionAt(document.getText().indexOf("odd"));
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      document.uri,
      at,
    );
    const names = items.map(({ label }) => (typeof label === "string" ? label : label.label));
    assert.ok(names.includes("podman"), names.join());
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      document.positionAt(2),
    );
    const texts = hovers.flatMap(({ contents }) =>
      contents.map((part) => (typeof part === "string" ? part : part.value)),
    );
    assert.ok(
      texts.some((text) => text.includes("mapping")),
      texts.join(),
    );
  });
});

async function labels({ jobs }: TestInternals): Promise<string[]> {
  const nodes: JobsNode[] = [];
  for (const node of await jobs.getChildren()) {
    nodes.push(node, ...(node.kind === "jobsProject" ? await jobs.getChildren(node) : []));
  }
  return nodes.map((node) => String(jobs.getTreeItem(node).label));
}
