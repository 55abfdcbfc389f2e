import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { showText } from "../base/numbers";
import type { Choice } from "./columns";

export interface ColumnPickerProps {
  label: string;
  /** The value of a choice; null: none. */
  value: string | null;
  choices: readonly Choice[];
  /** What stands for null; absent: something is always chosen. */
  none?: string;
  placeholder?: string;
  onChange(value: string | null): void;
}

/** More are found by typing on. */
const MOST_OPTIONS = 60;

/** A field that finds one of very many columns by parts of its name. */
export function ColumnPicker({ label, value, choices, none, placeholder, onChange }: ColumnPickerProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string>();
  const [place, setPlace] = useState(0);
  const isOpen = typed !== undefined;
  const all = none === undefined ? choices : [{ value: "", label: none, hint: "" }, ...choices];
  const options = isOpen ? matching(all, typed).slice(0, MOST_OPTIONS) : [];
  const chosen = all.find((choice) => choice.value === (value ?? ""));
  const at = Math.min(place, options.length - 1);

  useEffect(() => {
    if (isOpen && at >= 0) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, isOpen, at]);

  function open(): void {
    setTyped("");
    setPlace(Math.max(0, matching(all, "").slice(0, MOST_OPTIONS).indexOf(chosen!)));
  }

  function close(): void {
    setTyped(undefined);
  }

  function take(choice: Choice | undefined): void {
    close();
    if (choice && choice.value !== (value ?? "")) onChange(choice.value || null);
  }

  function key(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (by !== undefined) {
      if (isOpen) setPlace(Math.min(options.length - 1, Math.max(0, at + by)));
      else open();
    } else if (event.key === "Enter") {
      if (isOpen) take(options[at]);
      else open();
    } else if (event.key === "Escape" && isOpen) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <span className="picker">
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen && at >= 0 ? `${id}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={isOpen ? showText(chosen?.label ?? placeholder ?? "", 60) : placeholder}
        title={chosen && showText(chosen.label)}
        value={typed ?? showText(chosen?.label ?? "", 60)}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setPlace(0);
        }}
        onClick={() => {
          if (!isOpen) open();
        }}
        onKeyDown={key}
        onBlur={close}
      />
      <span className="tool-arrow" aria-hidden="true" />
      {isOpen && (
        <div id={`${id}-list`} role="listbox" aria-label={label} className="picker-list" tabIndex={-1}>
          {options.map((choice, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which says what is chosen.
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
            <div
              key={choice.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              className="picker-option"
              // Before the field loses the focus, and the list goes.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(choice)}
            >
              <span className="picker-name">{showText(choice.label, 100)}</span>
              {choice.hint && <span className="faint">{choice.hint}</span>}
            </div>
          ))}
          {options.length === 0 && <div className="picker-option faint">Nothing has this in its name.</div>}
        </div>
      )}
    </span>
  );
}

/** Those with all words in their name, in any order. */
export function matching(choices: readonly Choice[], typed: string): Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ label, hint }) => {
    const name = `${label} ${hint}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}
