/** How a container stands, from what `inspect` tells; the same in Docker and Podman. */
import os from "node:os";
import * as z from "zod/mini";
import { formatSize } from "../../domain/format";
import type { TargetStatus } from "../contract";
import { type Engine, EngineError } from "./engine";

const Inspected = z.object({
  Id: z.string(),
  State: z.object({
    /** "created", "running", "paused", "exited", "dead", "removing"; Podman also "configured", "initialized", "stopped". */
    Status: z.string(),
    ExitCode: z.number(),
    OOMKilled: z.optional(z.boolean()),
    Error: z.optional(z.string()),
    FinishedAt: z.string(),
  }),
  HostConfig: z.optional(z.object({ Memory: z.optional(z.number()) })),
});
export type Container = z.infer<typeof Inspected>;

/** Undefined when there is none of this name. */
export async function inspectContainer(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<Container | undefined> {
  try {
    const found = z.array(Inspected).parse(await engine.json(["container", "inspect", name], { signal }));
    return found[0];
  } catch (error) {
    if (error instanceof EngineError && /no such (?:container|object)|no container with name/i.test(error.said)) {
      return undefined;
    }
    throw error;
  }
}

/** It was made, and its command has not begun. */
export const isUnstarted = ({ State: { Status } }: Container) =>
  ["created", "configured", "initialized"].includes(Status);

export const isOver = ({ State: { Status } }: Container) => ["exited", "stopped", "dead"].includes(Status);

/** A shell's way to tell a signal. */
const SIGNAL_BASE = 128;
const signalNames = new Map(Object.entries(os.constants.signals).map(([name, number]) => [number, name]));

/** How it ended, from the container alone: for when what ran in it could not say so itself. */
export function endOfContainer({ State, HostConfig }: Container): TargetStatus & { state: "ended" } {
  const signal = signalNames.get(State.ExitCode - SIGNAL_BASE) ?? null;
  const limit = HostConfig?.Memory ?? 0;
  const memory = `out of memory${limit > 0 ? `: its limit was ${formatSize(limit)}` : ""}`;
  // Podman does not tell it with the first version of control groups, and nobody else ends a container's first process this way.
  const starved = State.OOMKilled || (signal === "SIGKILL" && limit > 0);
  return {
    state: "ended",
    exitCode: signal ? null : State.ExitCode,
    signal,
    endTime: Date.parse(State.FinishedAt),
    reason: starved ? memory : State.Error?.trim() || null,
  };
}
