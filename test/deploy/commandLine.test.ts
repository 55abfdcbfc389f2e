/** From a run to an endpoint and back by the command line, with real models, while callers go on asking. */
import { execFile, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AuditEntry } from "../../src/domain/audit";
import type { Deployment, Rollout } from "../../src/domain/deployment";
import { baseEnvironment, makeProject, modeltrail, useCli } from "../recorder/cli";
import { ask, stream, until } from "./callers";
import { CONSTANT_MODEL, CONSTANT_TRAINING } from "./constantModel";
import { servePython } from "./versions";

const python = servePython();
useCli();

const SETTINGS = `gates:
  accurate: { kind: metric, metric: accuracy, min: 0.8 }
`;

function project() {
  const cwd = makeProject({ "modeltrail.yaml": SETTINGS, "train.py": CONSTANT_TRAINING, "kinds.py": CONSTANT_MODEL });
  // A home of its own: the code of a run in the home folder itself is not kept, and the model needs it.
  const env = baseEnvironment(makeProject());
  const run = promisify(execFile);
  /** What the command printed; rejects with what it said when it fails. */
  async function command(...args: string[]): Promise<string> {
    const [program, ...rest] = modeltrail(...args);
    return (await run(program!, rest, { cwd, env })).stdout;
  }
  async function train(name: string, ...args: string[]): Promise<void> {
    const [program, ...first] = modeltrail("run", "--name", name, "--", python!, "train.py", ...args);
    await run(program!, first, { cwd, env });
    await command("models", "register", name, "--name", "wine");
  }
  onTestFinished(async () => void (await command("deployments", "undeploy", "wine").catch(() => {})));
  return { cwd, env, command, train };
}

interface Step {
  event: "step" | "end";
  name: string;
  state: string;
  outcome: Rollout["outcome"];
  reason: string | null;
}

describe.runIf(python)("deploying at the command line", () => {
  test("the best run is served, a worse and a bad one are not, and one command goes back", {
    timeout: 300_000,
  }, async () => {
    const { cwd, env, command, train } = project();
    const marker = path.join(cwd, "bad-luck");
    await train("best", "--number", "1");
    await expect(command("deploy", "wine", "--to", "local")).rejects.toThrow(
      /runs code that its file contains.*--trust/,
    );
    expect(await command("deploy", "wine", "--to", "local", "--trust")).toMatch(
      /✓ gates .*\n[\s\S]*Live: wine at http/,
    );
    expect(await command("deployments", "try", "wine")).toContain(`"predictions"`);
    const [wine] = JSON.parse(await command("deployments", "--json")) as Deployment[];
    expect(wine).toMatchObject({ name: "wine", served: { state: "live", versions: [{ version: 1, ready: true }] } });
    const url = wine!.served!.endpoint!;
    expect((await ask(url, { inputs: [[1]] })).body).toEqual({ predictions: [1] });

    const callers = stream(url, 200);
    onTestFinished(async () => void (await callers.end()));
    await train("worse", "--number", "2", "--accuracy", "0.5");
    await expect(command("deploy", "wine/2", "--to", "local")).rejects.toThrow(
      /did not pass its gates\. accurate: accuracy 0\.5 is below 0\.8[\s\S]*Version 1 is served, as before\./,
    );

    // It is well until it has been checked and warmed up, and fails when it is about to go live.
    await train("bad", "--number", "3", "--fails-with", marker);
    const steps = await follow(modeltrail("deploy", "wine/3", "--to", "local", "--json"), { cwd, env }, (step) => {
      if (step.name === "compatibility" && step.state === "done") writeFileSync(marker, "");
    });
    expect(steps.at(-2)).toMatchObject({ event: "step", name: "smoke", state: "failed" });
    expect(steps.at(-1)).toMatchObject({
      event: "end",
      outcome: "reverted",
      reason: expect.stringMatching(/the sample with 5\d\d/),
    });

    await train("other", "--number", "4");
    await command("deploy", "wine/4", "--to", "local", "--role", "challenger", "--percent", "40");
    await command("deployments", "traffic", "wine", "--promote");
    await until(async () => (await ask(url, { inputs: [[1]] })).version === "4", "the challenger answers all");
    await command("deployments", "rollback", "wine", "--to", "1");
    const { answers, unanswered } = await callers.end();
    expect({ unanswered, statuses: [...new Set(answers.map(({ status }) => status))] }).toEqual({
      unanswered: 0,
      statuses: [200],
    });
    // Each answer is of the version that says so; that which failed has answered nobody.
    const byVersion = new Set(answers.map(({ version, body }) => `${version}: ${body.predictions}`));
    expect([...byVersion].sort()).toEqual(["1: 1", "4: 4"]);
    const served = async () =>
      JSON.parse(await command("deployments", "show", "wine", "--json")) as Deployment & { rollouts: Rollout[] };
    expect((await served()).routes).toMatchObject([{ version: 1, percent: 100 }]);
    const shared = (await served()).rollouts.find(({ routes }) => routes.length === 2)!;
    await command("deployments", "rollback", "wine", "--change", shared.id);
    expect((await served()).routes).toEqual(shared.routes);
    await readsWhatHappened(command);
  });

  test("what is changed elsewhere, or is not there, is told", { timeout: 120_000 }, async () => {
    const { cwd, command, train } = project();
    await train("best", "--number", "1");
    await expect(command("deployments", "show", "wine")).rejects.toThrow("There are none yet");
    await expect(command("deploy", "wine", "--to", "nowhere")).rejects.toThrow("There are: local.");
    await expect(command("deploy", "beer", "--to", "local")).rejects.toThrow('no model "beer"');
    await expect(command("deploy", "wine", "--to", "local", "--role", "challenger")).rejects.toThrow(
      "needs a champion",
    );
    await command("deploy", "wine", "--to", "local", "--trust");
    await expect(command("deployments", "remove", "wine")).rejects.toThrow("Undeploy it first");
    await expect(command("deployments", "rollback", "wine")).rejects.toThrow("Nothing else was served by wine before");
    await expect(command("deployments", "token", "wine")).rejects.toThrow("asks for no token");
    expect(await command("deployments", "request", "wine")).toMatch(/^curl .*\/invocations .*-d '\{/);
    expect(await command("deployments", "log", "wine")).toContain("version 1");
    expect(await command("deployments", "undeploy", "wine")).toContain("wine is not served any more.");
    await expect(command("deployments", "undeploy", "wine")).rejects.toThrow("is not deployed");
    await command("deployments", "remove", "wine");
    expect(existsSync(path.join(cwd, ".modeltrail/deployments/wine"))).toBe(false);
    expect(await command("deployments")).toContain("Nothing is deployed yet");
  });
});

async function readsWhatHappened(command: (...args: string[]) => Promise<string>): Promise<void> {
  const { rollouts } = JSON.parse(await command("deployments", "show", "wine", "--json")) as { rollouts: Rollout[] };
  expect(rollouts.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    "rollback live",
    "rollback live",
    "traffic live",
    "deploy live",
    "deploy reverted",
    "deploy reverted",
    "deploy live",
    "deploy reverted",
  ]);
  expect(await command("audit", "verify")).toMatch(/^Intact/);
  const entries = JSON.parse(await command("audit", "list", "--json")) as AuditEntry[];
  const told = entries.filter(({ subject }) => subject === "deployments/wine").map(({ action }) => action);
  expect(told).toEqual(rollouts.map(({ kind }) => kind));
}

/** Runs the command to its end, telling of each line of JSON that it prints. */
async function follow(
  [program, ...args]: string[],
  options: { cwd: string; env: Record<string, string> },
  onStep: (step: Step) => void,
): Promise<Step[]> {
  const child = spawn(program!, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
  const steps: Step[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    steps.push(JSON.parse(line));
    onStep(steps.at(-1)!);
  }
  return steps;
}
