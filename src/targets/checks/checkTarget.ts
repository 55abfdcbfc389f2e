/** The check before the start, for a target by its name. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import type { JobPlan, Problem } from "../contract";
import { openTarget } from "../registry";
import { checkHere, checkProject, type JobCheck } from "./checkJob";

/** Errors first. `command` empty: of the target itself. Throws UserError when there is no such target. */
export async function checkTarget(name: string, job: JobCheck): Promise<Problem[]> {
  const [there, project] = await Promise.all([
    name === LOCAL ? checkLocal(job) : checkElsewhere(name, job),
    checkProject(job),
  ]);
  const all = [...there, ...project];
  return [...all.filter(({ severity }) => severity === "error"), ...all.filter(({ severity }) => severity !== "error")];
}

function checkLocal(job: JobCheck): Promise<Problem[]> {
  return job.command.length === 0 ? Promise.resolve([]) : checkHere(job);
}

async function checkElsewhere(name: string, job: JobCheck): Promise<Problem[]> {
  const { root, env, signal } = job;
  const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-check-"));
  try {
    const target = await openTarget(name, { root, env });
    return await target.check(planOf(job, folder), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) return [{ severity: "error", message: error.message }];
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A job that is not meant to be: nothing of the project is in its stage. */
function planOf({ root, command, cwd, gpus }: JobCheck, folder: string): JobPlan {
  const stage = path.join(folder, "work");
  mkdirSync(stage);
  const id = randomBytes(16).toString("hex");
  return {
    ...{ id, run: id, name: "check", stage, gpus, project: "", env: {}, limits: {} },
    command: command.length === 0 ? ["python3"] : command,
    cwd: path.relative(root, cwd).split(path.sep).join("/"),
    logPath: path.join(folder, "output.log"),
    spool: path.join(folder, "spool"),
  };
}
