/** Recording runs and reproducing them, through the real command. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect } from "vitest";
import { Reproduction } from "../../src/domain/reproduction";
import type { Run } from "../../src/domain/run";
import { gitIn } from "../../src/snapshot/code/testRepository";
import { makeProject, modeltrail, python, recorded, runSession, withStore } from "../recorder/cli";

let home = "";

/** Call at the top of a test file: no project lies in the home folder. */
export function useHome(): void {
  beforeAll(() => {
    home = makeProject();
  });
}

type Files = Record<string, string>;

/** A project in a repository of its own. */
export function makeRepository(files: Files): string {
  const folder = makeProject(files);
  gitIn(folder, "init", "--quiet", "--initial-branch=main");
  commit(folder, "first");
  return folder;
}

export function commit(folder: string, message: string): void {
  gitIn(folder, "add", "--all");
  gitIn(folder, "-c", "commit.gpgsign=false", "commit", "--quiet", "--allow-empty", "-m", message);
}

export function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

export interface RecordOptions {
  env?: Record<string, string>;
  /** Exit code that the command is to end with. */
  code?: number;
}

/** Records a command, by default `python train.py`. */
export async function record(cwd: string, command = [python, "train.py"], options: RecordOptions = {}): Promise<Run> {
  const session = await runSession({ command: recorded(command), cwd, env: { HOME: home, ...options.env } });
  expect(session.code, session.err.toString()).toBe(options.code ?? 0);
  return latest(cwd);
}

export const latest = (cwd: string): Run =>
  withStore(projectOf(cwd), (store) => store.getRun(store.resolveRun("latest"))!);

/** The nearest folder with a store. */
function projectOf(cwd: string): string {
  return readdirSync(cwd).includes(".modeltrail") ? cwd : projectOf(path.dirname(cwd));
}

export interface Outcome {
  code: number | null;
  /** What was said on standard error, the run's own output included. */
  said: string;
}

/** What a command of `modeltrail` prints and says. */
export async function tell(cwd: string, args: string[], env: Record<string, string> = {}) {
  const session = await runSession({ command: modeltrail(...args), cwd, env: { HOME: home, ...env } });
  return { code: session.code, printed: session.out.toString(), said: session.err.toString() };
}

/** `modeltrail reproduce latest` with these options. */
export function reproduceText(cwd: string, args: string[] = [], env: Record<string, string> = {}, run = "latest") {
  return tell(cwd, ["reproduce", run, ...args], env);
}

/** The same, read by a program. */
export async function reproduce(
  cwd: string,
  args: string[] = [],
  env: Record<string, string> = {},
  run = "latest",
): Promise<Reproduction & Outcome> {
  const { code, printed, said } = await reproduceText(cwd, ["--json", ...args], env, run);
  expect([0, 3], said).toContain(code);
  return { ...Reproduction.parse(JSON.parse(printed)), code, said };
}
