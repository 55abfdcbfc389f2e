import { useRef, useState } from "react";
import { UserError } from "../../src/domain/errors";
import type { RunFormContent, RunFormValues } from "../../src/protocol/runForm";
import { extension } from "./extension";

export type RunStatus = { kind: "idle" | "starting" | "started" } | { kind: "failed"; message: string };

export interface Running {
  start(): void;
  status: RunStatus;
  lastRun: RunFormValues | null;
}

/** Asks the extension to start the run, one request at a time. */
export function useRun(content: RunFormContent, values: RunFormValues, onStarted: () => void): Running {
  const [status, setStatus] = useState<RunStatus>({ kind: "idle" });
  const [lastRun, setLastRun] = useState(content.lastRun);
  const underWay = useRef(false);

  async function ask(): Promise<void> {
    underWay.current = true;
    setStatus({ kind: "starting" });
    try {
      await extension.call("run", values);
      setLastRun(values);
      setStatus({ kind: "started" });
      onStarted();
    } catch (error) {
      setStatus({ kind: "failed", message: messageOf(error) });
    } finally {
      underWay.current = false;
    }
  }

  return {
    start: () => {
      if (!underWay.current) void ask();
    },
    status,
    lastRun,
  };
}

function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return `The run could not be started: ${error instanceof Error ? error.message : error}. The Modeltrail log tells more.`;
}
