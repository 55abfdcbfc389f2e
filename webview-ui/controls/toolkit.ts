/**
 * The only place that knows @vscode/webview-ui-toolkit, which is no longer developed: this folder is what to change when
 * another set of elements takes its place. Only the elements that our controls use are registered, and so bundled.
 */
import {
  type Button,
  type Checkbox,
  type Dropdown,
  provideVSCodeDesignSystem,
  type TextArea,
  type TextField,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeTextArea,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import type { HTMLAttributes, RefAttributes } from "react";

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeLink(),
  vsCodeOption(),
  vsCodeTextArea(),
  vsCodeTextField(),
);

export type { Button, Checkbox, Dropdown, TextArea, TextField };

/** React sets what an element has as properties, all else as attributes. */
type ElementProps<Element, Own> = Omit<HTMLAttributes<Element>, keyof Own> & RefAttributes<Element> & Own;

interface TextProps {
  value: string;
  placeholder?: string;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "vscode-button": ElementProps<Button, { appearance: "primary" | "secondary" | "icon"; ariaDisabled?: string }>;
      "vscode-checkbox": ElementProps<Checkbox, { checked: boolean }>;
      "vscode-dropdown": HTMLAttributes<Dropdown> & RefAttributes<Dropdown>;
      "vscode-link": ElementProps<HTMLElement, { href: string }>;
      "vscode-option": ElementProps<HTMLElement, { value: string }>;
      "vscode-text-area": ElementProps<TextArea, TextProps & { rows: number; resize: "vertical" }>;
      "vscode-text-field": ElementProps<TextField, TextProps>;
    }
  }
}
