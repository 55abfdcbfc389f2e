import { useLayoutEffect, useRef } from "react";
import { type FieldProps, useAccessible } from "./accessible";
import type { Dropdown as DropdownElement } from "./toolkit";

export interface DropdownProps extends FieldProps {
  /** The value of one of the options. */
  value: string;
  options: readonly { value: string; label: string }[];
  onChange(value: string): void;
}

export function Dropdown(props: DropdownProps) {
  const ref = useRef<DropdownElement>(null);
  useAccessible(ref, props, false);
  const { id, value, options, onChange, onLeave } = props;
  // By index, once the element knows its options: it takes a value only among those, and the first one for its own default.
  useLayoutEffect(() => {
    const select = () => {
      const index = options.findIndex((option) => option.value === value);
      if (ref.current && ref.current.selectedIndex !== index) ref.current.selectedIndex = index;
    };
    select();
    const later = requestAnimationFrame(select);
    return () => cancelAnimationFrame(later);
  }, [value, options]);
  return (
    <vscode-dropdown
      ref={ref}
      id={id}
      onChange={({ currentTarget }) => {
        const chosen = options[currentTarget.selectedIndex]?.value;
        if (chosen !== undefined && chosen !== value) onChange(chosen);
      }}
      onBlur={onLeave}
    >
      {options.map((option) => (
        <vscode-option key={`${option.value} ${option.label}`} value={option.value}>
          {option.label}
        </vscode-option>
      ))}
    </vscode-dropdown>
  );
}
