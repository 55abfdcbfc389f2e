/** `modeltrail run notebook.ipynb`: a notebook as an experiment. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { objectPath } from "../../src/store/objects";
import { makeProject, modeltrail, runSession, useCli, withStore } from "../recorder/cli";
import { pythonWithKernel } from "./python";

const python = pythonWithKernel();
const kernel = test.skipIf(!python);
useCli();

function notebook(...cells: { source: string; tags?: string[] }[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: "python" } },
    cells: cells.map(({ source, tags = [] }, at) => ({
      cell_type: "code",
      id: `cell-${at}`,
      metadata: { tags },
      source,
      outputs: [],
      execution_count: null,
    })),
  });
}

function run(folder: string, ...words: string[]) {
  const home = makeProject();
  const command = modeltrail("run", ...words);
  return runSession({ command, cwd: folder, env: { HOME: home, VIRTUAL_ENV: python!.replace(/\/bin\/python$/, "") } });
}

function lastRun(folder: string) {
  return withStore(folder, (store) => {
    const run = store.getRun(store.resolveRun("latest"))!;
    const executed = run.artifacts.find(({ path }) => path === "executed/explore.ipynb")!;
    const copy = JSON.parse(readFileSync(objectPath(store.folder, executed.sha256), "utf8"));
    return { run, copy, cells: store.cells.list(run.id).cells };
  });
}

kernel(
  "all cells run with the parameters, and the executed copy, params and cells are the run's",
  async () => {
    const folder = makeProject({
      "data.csv": "1\n",
      "explore.ipynb": notebook(
        { source: "lr = 0.1\nname = 'small'", tags: ["parameters"] },
        { source: "1 / 0", tags: ["skip-execution"] },
        { source: "print(f'{name}: lr is {lr}')\nopen('data.csv').read()" },
      ),
    });
    const { code, out, err } = await run(
      folder,
      "--name",
      "first",
      "explore.ipynb",
      "-p",
      "lr=0.5",
      "--name",
      "wide net",
    );
    expect({ code, err: err.toString() }).toEqual({
      code: 0,
      err: "[1/3] lr = 0.1\n[2/3] # Parameters\n[3/3] print(f'{name}: lr is {lr}')\n",
    });
    expect(out.toString()).toBe("wide net: lr is 0.5\n'1\\n'\n");
    const { run: recorded, copy, cells } = lastRun(folder);
    expect(recorded).toMatchObject({
      name: "first",
      status: "finished",
      script: "explore.ipynb",
      command: ["explore.ipynb", "-p", "lr=0.5", "--name", "wide net"],
      params: { lr: "0.5", name: "wide net" },
      snapshot: { data: [{ path: "data.csv", role: "read" }] },
    });
    expect(cells.map(({ cellId }) => cellId)).toEqual(["cell-0", "injected-parameters", "cell-2"]);
    expect(copy.cells[1]).toMatchObject({ metadata: { tags: ["injected-parameters"] }, execution_count: 2 });
    expect(copy.cells[3].outputs).toMatchObject([
      { output_type: "stream", text: ["wide net: lr is 0.5\n"] },
      { output_type: "execute_result" },
    ]);
  },
  60_000,
);

kernel(
  "a failing cell ends the run with 1, shows why, and what comes after it does not run",
  async () => {
    const folder = makeProject({
      "explore.ipynb": notebook(
        { source: "1 / 0", tags: ["raises-exception"] },
        { source: "raise ValueError('no')" },
        { source: "open('never', 'w')" },
      ),
    });
    const { code, err } = await run(folder, "explore.ipynb", "-p", "depth=3");
    expect(code).toBe(1);
    expect(err.toString()).toContain("No cell is tagged `parameters`");
    expect(err.toString()).toContain("ValueError");
    const { run: recorded, cells } = lastRun(folder);
    expect(recorded).toMatchObject({ status: "failed", exitCode: 1, params: { depth: "3" } });
    expect(cells.map(({ status }) => status)).toEqual(["succeeded", "failed", "failed"]);
  },
  60_000,
);

kernel(
  "who stops it stops its kernel",
  async () => {
    const folder = makeProject({
      "explore.ipynb": notebook({ source: "print('bu' + 'sy', flush=True)\nimport time\ntime.sleep(600)" }),
    });
    const { signal, code } = await runSession({
      command: modeltrail("run", "explore.ipynb", "--python", python!),
      cwd: folder,
      env: { HOME: makeProject() },
      steps: [{ await: "busy" }, { signal: 2 }],
    });
    expect([signal, code]).toEqual([2, null]);
    expect(lastRun(folder).run).toMatchObject({ status: "killed", signal: "SIGINT" });
  },
  60_000,
);

test("what is no notebook is said", async () => {
  const folder = makeProject({ "explore.ipynb": "{}" });
  const command = modeltrail("run", "explore.ipynb");
  const { code, err } = await runSession({ command, cwd: folder });
  expect(code).toBe(1);
  expect(err.toString()).toContain("explore.ipynb is no notebook");
});
