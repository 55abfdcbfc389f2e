/** Targets of kinds that others bring: a program of theirs is asked. */
import type * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { ForeignTargetSettings } from "../../domain/targets";
import type { Target, TargetStatus } from "../contract";
import { childOutput } from "../driven/childOutput";
import type { JobDriver } from "../driven/contract";
import { makeDrivenTarget } from "../driven/drivenTarget";
import { runChild } from "../host/child";
import { HostUnreachable } from "../host/contract";
import type { TargetContext } from "../registry";
import { Answer, CheckResult, type Method, PROTOCOL_VERSION, StatusResult, SubmitResult } from "./protocol";
import { findKind } from "./registrations";

/** A program that does not answer is not waited for for ever. */
const PATIENCE_MS = 120_000;

export function makeForeignTarget(name: string, settings: ForeignTargetSettings, context: TargetContext): Target {
  return makeDrivenTarget(name, settings, foreignDriver(name, settings, context));
}

function foreignDriver(name: string, settings: ForeignTargetSettings, { root, env }: TargetContext): JobDriver {
  const { program, env: theirs } = findKind(settings.kind, env);
  const places = { cwd: root, env: { ...env, ...theirs } };
  const requestOf = (method: Method, more: object) =>
    `${JSON.stringify({ version: PROTOCOL_VERSION, method, target: { name, root, settings }, ...more })}\n`;

  async function ask<Result>(
    method: Method,
    more: object,
    { schema, signal }: { schema: z.ZodMiniType<Result> | null; signal: AbortSignal },
  ): Promise<Result> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const { stdout, stderr, startError, exitCode } = await runChild(program, {
      ...places,
      input: requestOf(method, more),
      detached: true,
      signal: patience,
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw patience.aborted ? new HostUnreachable(`${program[0]} gave no answer to "${method}"`) : error;
    });
    if (startError) throw new UserError(`The program of the kind ${settings.kind} could not be started: ${startError}`);
    const line = stdout.toString("utf8").trim().split("\n").at(-1) ?? "";
    const answer = Answer.safeParse(parse(line)).data;
    if (answer && "error" in answer) {
      const { message, retry } = answer.error;
      throw retry ? new HostUnreachable(message) : new UserError(message);
    }
    const result = schema?.safeParse(answer?.result);
    if (answer && (!result || result.success)) return result?.data as Result;
    const said = stderr.trim().slice(-500) || line.slice(0, 200) || `exit code ${exitCode}`;
    throw new UserError(`The program of the kind ${settings.kind} did not answer "${method}" as it should: ${said}`);
  }

  const none = { schema: null };
  return {
    kind: settings.kind,
    check: (job, signal) => ask("check", { job }, { schema: CheckResult, signal }),
    async submit(job) {
      const { signal } = new AbortController();
      return (await ask("submit", { job }, { schema: SubmitResult, signal })).handle;
    },
    async status(handle, signal) {
      return statusOf(await ask("status", { handle }, { schema: StatusResult, signal }));
    },
    log: (handle, signal) => childOutput(program, places, { signal, input: requestOf("log", { handle }) }),
    async cancel(handle, signal) {
      await ask("cancel", { handle }, { ...none, signal });
    },
    async clean(handle, signal) {
      await ask("clean", { handle }, { ...none, signal });
    },
  };
}

function statusOf(told: z.infer<typeof StatusResult>): TargetStatus {
  switch (told.state) {
    case "waiting":
      return { state: "waiting", reason: told.reason ?? null };
    case "running":
      return { state: "running" };
    case "gone":
      return { state: "gone", reason: told.reason ?? "the target does not know it any more" };
    default: {
      const { exitCode = null, signal = null, endTime, reason = null } = told;
      return { state: "ended", exitCode, signal, endTime: endTime ?? Date.now(), reason };
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
