/** Asks for the step at which a metric is to be shown. */
import { useEffect, useRef, useState } from "react";

export interface StepPromptProps {
  metric: string;
  onDone(step: number | null): void;
}

export function StepPrompt({ metric, onDone }: StepPromptProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const step = text.trim() === "" ? Number.NaN : Number(text);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog ref={dialog} className="prompt" aria-label={`${metric} at a step`} onClose={() => onDone(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (Number.isFinite(step)) onDone(step);
        }}
      >
        <label>
          Show {metric} at step
          <input className="search" inputMode="numeric" value={text} onChange={({ target }) => setText(target.value)} />
        </label>
        <p className="note">The last value at or before this step, of runs that came so far.</p>
        <div className="buttons">
          <button type="submit" className="tool main" disabled={!Number.isFinite(step)}>
            Show
          </button>
          <button type="button" className="tool" onClick={() => onDone(null)}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
