/** `modeltrail run --target`, on a machine behind a real ssh: what one sees of it in a terminal. */
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/open";
import { baseEnvironment, makeProject, modeltrail, python, runSession, useCli } from "../recorder/cli";
import { until } from "./fixtures/folderJobs";
import { type Sshd, sshdProgram, startSshd } from "./fixtures/sshd";

useCli();

const SCRIPT = `import argparse, time
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--pause", type=float, default=0)
options = parser.parse_args()
rows = open("data/rows.csv").read().split()
for epoch in range(options.epochs):
    print(f"epoch {epoch} loss {len(rows) / (epoch + 1)}", flush=True)
    time.sleep(options.pause)
open("model.txt", "w").write(",".join(rows))
raise SystemExit(3)
`;

describe.skipIf(!sshdProgram)("a run on a machine behind ssh", () => {
  let sshd: Sshd;
  let project: string;
  beforeAll(async () => {
    sshd = await startSshd();
    // Git does not know the data: it goes along because the project says so.
    project = makeProject({
      ".gitignore": "data/\n",
      "data/rows.csv": "1\n2\n3\n",
      "train.py": SCRIPT,
      "modeltrail.yaml": `data: [data/*.csv]\ntargets:\n  box: { kind: ssh, host: ${sshd.alias}, sshConfig: ${sshd.config}, python: ${python} }\n`,
    });
    execFileSync("git", ["init", "--quiet"], { cwd: project });
  });
  afterAll(() => sshd.stop());

  const session = (command: string[]) =>
    runSession({ command, cwd: project, env: { ...(sshd.env as Record<string, string>), HOME: makeProject() } });

  const look = <T>(action: (store: ReturnType<typeof openStore>) => T) => {
    const store = openStore(project);
    try {
      return action(store);
    } finally {
      store.close();
    }
  };

  test("prints what the command prints, ends as it ends, and is a run like others", async () => {
    const { out, err, code } = await session(
      modeltrail("run", "--target", "box", "--name", "far", "--", "python", "train.py"),
    );
    // What goes on before the command starts.
    expect(err.toString()).toMatch(/^(?:modeltrail: Sending .*\n)*$/);
    expect(out.toString()).toBe("epoch 0 loss 3.0\nepoch 1 loss 1.5\nepoch 2 loss 1.0\n");
    expect(code).toBe(3);
    const run = look((store) => store.getRun(store.resolveRun("far")));
    expect(run).toMatchObject({
      ...{ status: "failed", exitCode: 3, cwd: project, script: "train.py", tags: { target: "box" } },
      params: { epochs: "3", pause: "0" },
      artifacts: [{ path: "model.txt", size: 5 }],
    });
    expect(run!.snapshot.data.map(({ path: name, role }) => [name, role])).toEqual([
      ["data/rows.csv", "read"],
      ["model.txt", "write"],
    ]);
    const again = await session(modeltrail("follow", "far"));
    expect({ code: again.code, out: again.out.toString() }).toEqual({ code: 3, out: out.toString() });
  });

  test("Ctrl-C ends it there", async () => {
    const [program = "", ...args] = modeltrail("run", "--target", "box", "--", "python", "train.py", "--pause", "60");
    const child = spawn(program, args, {
      cwd: project,
      env: { ...baseEnvironment(project), ...sshd.env, HOME: makeProject() },
    });
    let printed = "";
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    await until(() => printed.includes("epoch 0"), 20_000).catch((error) => {
      throw new Error(
        `${error.message}: ${printed}\n${said}\n${JSON.stringify(
          look((store) => store.jobs.list({})),
          null,
          1,
        )}`,
      );
    });
    child.kill("SIGINT");
    await until(() => child.exitCode !== null || child.signalCode !== null);
    const [latest] = look((store) => store.listRuns({}).runs);
    expect(latest).toMatchObject({ status: "killed" });
  });

  test("a terminal that is closed, or a process that does not wait, leaves it alone", async () => {
    const { out, code } = await session(modeltrail("run", "--target", "box", "--detach", "--", "python", "train.py"));
    expect(code).toBe(0);
    const id = out.toString().trim();
    const job = await until(() => {
      const found = look((store) => store.jobs.get(id));
      return found?.state === "ended" && found;
    });
    expect(job).toMatchObject({ outcome: "failed" });
  });

  test("says what is wrong before anything begins", async () => {
    const unknown = await session(modeltrail("run", "--target", "nowhere", "--", "python", "train.py"));
    expect(unknown.err.toString()).toContain("There is no target");
    writeFileSync(
      path.join(project, "notebook.ipynb"),
      '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    );
    const notebook = await session(modeltrail("run", "--target", "box", "--", "notebook.ipynb"));
    expect(notebook.err.toString()).toContain("otebook");
    expect([unknown.code, notebook.code]).toEqual([1, 1]);
  });
});
