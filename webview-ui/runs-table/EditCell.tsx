/** A cell while it is being written in. */
import { useEffect, useRef } from "react";

export interface EditCellProps {
  label: string;
  value: string;
  /** Null: called off. */
  onDone(text: string | null): void;
}

export function EditCell({ label, value, onDone }: EditCellProps) {
  const ref = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    ref.current!.focus();
    ref.current!.select();
  }, []);
  function end(text: string | null): void {
    // Leaving the field, which ending it does, ends it once more.
    if (done.current) return;
    done.current = true;
    onDone(text);
  }
  return (
    <input
      ref={ref}
      className="edit"
      aria-label={label.replace(/^run:/, "")}
      defaultValue={value}
      spellCheck={false}
      onBlur={({ currentTarget }) => end(currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") end(event.currentTarget.value);
        else if (event.key === "Escape") end(null);
      }}
    />
  );
}
