import type { Dispatch } from "react";
import type { RunFormValues } from "../../src/protocol/runForm";
import { Button } from "../controls";
import { type FormAction, type FormState, forNextRun, isPristine, sameValues, valuesOfLastRun } from "./formState";
import type { RunStatus } from "./useRun";

const RESET = "/reset";

export interface ActionsProps {
  state: FormState;
  lastRun: RunFormValues | null;
  /** Of an attempt to run. */
  faultCount: number;
  status: RunStatus;
  onRun(): void;
  onQueue(): void;
  dispatch: Dispatch<FormAction>;
}

export function Actions({ state, lastRun, faultCount, status, onRun, onQueue, dispatch }: ActionsProps) {
  const { values, replaced } = state;
  const differs = lastRun !== null && !sameValues(forNextRun(lastRun), forNextRun(values));
  const isStarting = status.kind === "starting";

  /** The button goes away: the focus must not go with it. */
  function undo(): void {
    dispatch({ type: "undo" });
    document.getElementById(RESET)?.focus();
  }

  return (
    <>
      <div role="alert" className="fault">
        {faultCount > 0 && `${faultCount === 1 ? "1 field needs" : `${faultCount} fields need`} attention.`}
        {faultCount === 0 && status.kind === "failed" && status.message}
      </div>
      <div className="actions">
        <Button kind="primary" off={isStarting} onClick={onRun}>
          {isStarting ? "Starting…" : "Run"}
        </Button>
        <Button off={isStarting} onClick={onQueue}>
          Add to Queue…
        </Button>
        <Button id={RESET} off={isPristine(values)} onClick={() => dispatch({ type: "resetArguments" })}>
          Reset to Defaults
        </Button>
        {lastRun && (
          <Button
            off={!differs}
            onClick={() => dispatch({ type: "useValues", values: valuesOfLastRun(lastRun, values) })}
          >
            Use Last Values
          </Button>
        )}
        {replaced && <Button onClick={undo}>Undo</Button>}
        <span className="help" role="status">
          {status.kind === "started" && "Started. The run is in the Experiments view."}
          {status.kind === "queued" && "Queued. The job is in the Jobs view."}
        </span>
      </div>
    </>
  );
}
