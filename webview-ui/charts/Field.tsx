import type { ReactNode } from "react";

/** A field of the bar with what it is called; the control in it names itself for screen readers. */
export function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className="field">
      <span aria-hidden="true">{label}</span>
      {children}
    </span>
  );
}

export interface CheckProps {
  label: string;
  checked: boolean;
  onChange(checked: boolean): void;
}

export function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="field">
      <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
      {label}
    </label>
  );
}
