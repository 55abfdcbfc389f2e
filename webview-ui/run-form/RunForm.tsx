import { type KeyboardEvent, useEffect, useReducer, useRef, useState } from "react";
import type { RunFormContent, RunFormValues } from "../../src/protocol/runForm";
import { Actions } from "./Actions";
import { ArgumentsPart } from "./ArgumentsPart";
import { DetailsPart } from "./DetailsPart";
import { formFaults, shownFaults, TAGS } from "./faults";
import { formReducer, initialState } from "./formState";
import { Header } from "./Header";
import { Preview } from "./Preview";
import { useRemembered } from "./useRemembered";
import { useRun } from "./useRun";

export interface RunFormProps {
  content: RunFormContent;
  firstValues: RunFormValues;
}

export function RunForm({ content, firstValues }: RunFormProps) {
  const { arguments: script } = content;
  const [state, dispatch] = useReducer(formReducer, firstValues, (values) => initialState(script, values));
  const { values, attempts } = state;
  useEffect(() => dispatch({ type: "fit", script }), [script]);
  useRemembered(content.script, values);

  const [filter, setFilter] = useState("");
  const [detailsOpen, setDetailsOpen] = useState(() => hasDetails(firstValues));
  const form = useRef<HTMLDivElement>(null);

  const faults = formFaults(script, values);
  const shown = shownFaults(faults, state);
  const { start, queue, status, lastRun } = useRun(content, values, () => dispatch({ type: "succeed" }));

  function unlessFaulty(begin: () => void): void {
    if (Object.keys(faults).length === 0) {
      begin();
      return;
    }
    // What is wrong must be in sight.
    setFilter("");
    if (faults[TAGS]) setDetailsOpen(true);
    dispatch({ type: "failAttempt" });
  }

  const run = () => unlessFaulty(start);

  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>("[data-invalid]")?.focus();
  }, [attempts]);

  function runByKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    // Controls have a use of their own for Enter.
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  return (
    <div className="page" ref={form} onKeyDownCapture={runByKey}>
      <main className="form">
        <div className="column">
          <Header content={content} />
          <ArgumentsPart
            script={script}
            values={values}
            faults={shown}
            filter={filter}
            onFilter={setFilter}
            dispatch={dispatch}
          />
          <DetailsPart
            values={values}
            experiments={content.experiments}
            fault={shown[TAGS]}
            open={detailsOpen}
            onToggle={setDetailsOpen}
            dispatch={dispatch}
          />
        </div>
      </main>
      <footer className="footer">
        <div className="column">
          <Preview command={content.command} script={script} values={values} />
          <Actions
            state={state}
            lastRun={lastRun}
            faultCount={attempts > 0 ? Object.keys(faults).length : 0}
            status={status}
            onRun={run}
            onQueue={() => unlessFaulty(queue)}
            dispatch={dispatch}
          />
        </div>
      </footer>
    </div>
  );
}

const hasDetails = ({ experiment, name, note, tags }: RunFormValues) => experiment + name + note + tags !== "";
