import { useRef, useState } from "react";
import { UserError } from "../../src/domain/errors";
import type { RunFormContent, RunFormValues } from "../../src/protocol/runForm";
import { extension } from "./extension";

export type RunStatus = { kind: "idle" | "starting" | "started" | "queued" } | { kind: "failed"; message: string };

export interface Running {
  start(): void;
  /** Later, or elsewhere: the extension asks where. */
  queue(): void;
  status: RunStatus;
  lastRun: RunFormValues | null;
}

/** Asks the extension to start the run, one request at a time. */
export function useRun(content: RunFormContent, values: RunFormValues, onStarted: () => void): Running {
  const [status, setStatus] = useState<RunStatus>({ kind: "idle" });
  const [lastRun, setLastRun] = useState(content.lastRun);
  const underWay = useRef(false);

  async function ask(later: boolean): Promise<void> {
    underWay.current = true;
    setStatus({ kind: "starting" });
    try {
      const done = later ? await extension.call("queue", values) : await started();
      if (!done) return setStatus({ kind: "idle" });
      setLastRun(values);
      setStatus({ kind: later ? "queued" : "started" });
      onStarted();
    } catch (error) {
      setStatus({ kind: "failed", message: messageOf(error) });
    } finally {
      underWay.current = false;
    }
  }

  async function started(): Promise<true> {
    await extension.call("run", values);
    return true;
  }

  const unlessUnderWay = (later: boolean) => () => {
    if (!underWay.current) void ask(later);
  };
  return {
    start: unlessUnderWay(false),
    queue: unlessUnderWay(true),
    status,
    lastRun,
  };
}

function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return `The run could not be started: ${error instanceof Error ? error.message : error}. The Modeltrail log tells more.`;
}
