import { ColumnPicker, type ColumnPickerProps } from "./ColumnPicker";
import { Field } from "./Field";

export interface ColumnFieldProps extends ColumnPickerProps {
  /** What screen readers call it; default: the label. */
  name?: string;
}

/** A field of the bar that chooses a column. */
export function ColumnField({ label, name = label, ...picker }: ColumnFieldProps) {
  return (
    <Field label={label}>
      <ColumnPicker label={name} {...picker} />
    </Field>
  );
}
