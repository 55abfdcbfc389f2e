export type { FieldProps } from "./accessible";

import "./toolkit";
import "./controls.css";

export { Button, type ButtonProps } from "./Button";
export { Checkbox, type CheckboxProps } from "./Checkbox";
export { Dropdown, type DropdownProps } from "./Dropdown";
export { Link, type LinkProps } from "./Link";
export { TextArea, TextField, type TextProps } from "./TextField";
