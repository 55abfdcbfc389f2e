import { useEffect, useState } from "react";
import { formatDuration } from "../../src/domain/format";
import { runColour } from "../../src/domain/runColour";
import type { RunAction, RunPageContent } from "../../src/protocol/runPage";
import { showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { Button } from "../controls";
import { extension } from "./extension";

/** What the run is, how it stands, and what can be done with it. */
export function Header({ run }: { run: RunPageContent }) {
  const background = useBackground();
  const now = useNow(run.status === "running");
  const [fault, setFault] = useState<string>();
  const act = (action: RunAction) => {
    setFault(undefined);
    extension.call("act", { action }).catch((error: Error) => setFault(error.message));
  };
  const isRunning = run.status === "running";
  return (
    <header>
      <h1>
        <span className="swatch" style={{ background: runColour(run.id, background) }} />
        {showText(run.name)}
      </h1>
      <p className="state">
        <span className={`status ${run.status}`}>{statusText(run)}</span>
        <span>{formatDuration((run.endTime ?? now) - run.startTime)}</span>
        <span>{new Date(run.startTime).toLocaleString()}</span>
        <span>{showText(run.experiment, 80)}</span>
        {run.children > 0 && <span>{run.children === 1 ? "1 child run" : `${run.children} child runs`}</span>}
        {Object.entries(run.tags).map(([key, value]) => (
          <span key={key} className="tag">
            {showText(value ? `${key}: ${value}` : key, 80)}
          </span>
        ))}
      </p>
      {run.note && <p className="run-note">{run.note}</p>}
      {run.since && (
        <p className="faint">
          Since{" "}
          <button type="button" className="link" onClick={() => extension.notify("openRun", { id: run.since!.id })}>
            {showText(run.since.name, 80)}
          </button>
          : {showText(run.since.line)}
        </p>
      )}
      <p className="actions">
        <Button onClick={() => act("charts")}>Charts</Button>
        <Button onClick={() => act("script")}>Script</Button>
        <Button onClick={() => act("whatChanged")} off={!run.since}>
          What Changed
        </Button>
        <Button onClick={() => act("compareWithWorkspace")}>Compare with Now</Button>
        <Button onClick={() => act("lineage")}>Lineage</Button>
        <Button onClick={() => act("editTags")}>Tags…</Button>
        <Button onClick={() => act("editNote")}>Note…</Button>
        {isRunning ? (
          <Button onClick={() => act("stop")}>Stop</Button>
        ) : (
          <Button onClick={() => act("runAgain")}>Run Again</Button>
        )}
      </p>
      {fault && <p role="alert">{fault}</p>}
    </header>
  );
}

function statusText({ status, exitCode, signal }: RunPageContent): string {
  if (status === "failed" && exitCode !== null) return `failed with exit code ${exitCode}`;
  if (status === "killed" && signal) return `killed by ${signal}`;
  return status;
}

/** Moves on while the run does. */
function useNow(moves: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!moves) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [moves]);
  return now;
}
