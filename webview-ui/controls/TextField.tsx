import { type RefObject, useLayoutEffect, useRef } from "react";
import { type FieldProps, useAccessible } from "./accessible";
import type { TextArea as TextAreaElement, TextField as TextFieldElement } from "./toolkit";

export interface TextProps extends FieldProps {
  value: string;
  placeholder?: string;
  inputMode?: "text" | "numeric" | "decimal";
  onChange(value: string): void;
}

export function TextField(props: TextProps) {
  const ref = useRef<TextFieldElement>(null);
  useText(ref, props);
  const { id, value, placeholder, onChange, onLeave } = props;
  return (
    <vscode-text-field
      ref={ref}
      id={id}
      value={value}
      placeholder={placeholder}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
      onBlur={onLeave}
    />
  );
}

export function TextArea(props: TextProps & { rows: number }) {
  const ref = useRef<TextAreaElement>(null);
  useText(ref, props);
  const { id, value, placeholder, rows, onChange, onLeave } = props;
  return (
    <vscode-text-area
      ref={ref}
      id={id}
      value={value}
      placeholder={placeholder}
      rows={rows}
      resize="vertical"
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
      onBlur={onLeave}
    />
  );
}

/** Flags, paths and numbers: nothing that a browser should correct or complete. */
function useText(ref: RefObject<TextFieldElement | TextAreaElement | null>, props: TextProps): void {
  const { inputMode = "text" } = props;
  useAccessible(ref, props, true);
  useLayoutEffect(() => {
    const { control } = ref.current!;
    control.inputMode = inputMode;
    control.spellcheck = false;
    control.autocapitalize = "off";
    control.autocomplete = "off";
  }, [ref, inputMode]);
}
