import { useRef } from "react";
import { type FieldProps, useAccessible } from "./accessible";
import type { Checkbox as CheckboxElement } from "./toolkit";

export interface CheckboxProps extends FieldProps {
  checked: boolean;
  onChange(checked: boolean): void;
}

export function Checkbox(props: CheckboxProps) {
  const ref = useRef<CheckboxElement>(null);
  useAccessible(ref, props, false);
  const { id, checked, onChange, onLeave } = props;
  return (
    <vscode-checkbox
      ref={ref}
      id={id}
      checked={checked}
      // The element also tells of a change that we have made.
      onChange={({ currentTarget }) => {
        if (currentTarget.checked !== checked) onChange(currentTarget.checked);
      }}
      onBlur={onLeave}
    />
  );
}
