import { type Dispatch, memo, type ReactNode } from "react";
import { type FilledValue, labelOf } from "../../src/protocol/commandLine";
import type { ScriptArgument } from "../../src/protocol/scriptArguments";
import { Button, Checkbox, type FieldProps as ControlProps, Dropdown, TextField } from "../controls";
import {
  choiceOf,
  choicesOf,
  computedDefault,
  hintOf,
  inputModeOf,
  isChanged,
  kindOf,
  pathKind,
  placeholderOf,
  valueOfChoice,
  withPath,
} from "./argumentView";
import { extension } from "./extension";
import { Field } from "./Field";
import type { FormAction } from "./formState";
import { FolderIcon } from "./icons";

export interface ArgumentFieldProps {
  argument: ScriptArgument;
  value: FilledValue | undefined;
  fault: string | undefined;
  dispatch: Dispatch<FormAction>;
}

/** One argument, with the control that suits what it takes. */
export const ArgumentField = memo(function ArgumentField({ argument, value, fault, dispatch }: ArgumentFieldProps) {
  const { id, flags, required } = argument;
  const name = labelOf(argument);
  const fill = (next: FilledValue | undefined) => dispatch({ type: "fillArgument", id, value: next });

  async function browse(): Promise<void> {
    const chosen = await extension.call("browse", { label: name, kind: pathKind(argument) });
    if (chosen !== null) fill(withPath(argument, value, chosen));
  }

  return (
    <Field
      id={id}
      name={name}
      aliases={flags.filter((flag) => flag !== name)}
      help={helpOf(argument)}
      kind={kindOf(argument)}
      required={required}
      fault={fault}
      changed={isChanged(argument, value)}
      // A checkbox is its own way back.
      onReset={argument.input === "flag" ? undefined : () => fill(undefined)}
      isCode
      isSwitch={argument.input === "flag"}
      beside={
        argument.path && (
          <Button kind="icon" label={`Choose a ${pathKind(argument)} for ${name}`} onClick={() => void browse()}>
            <FolderIcon />
          </Button>
        )
      }
    >
      {(control) => (
        <ArgumentControl
          {...control}
          argument={argument}
          value={value}
          onFill={fill}
          onLeave={() => dispatch({ type: "leaveField", id })}
        />
      )}
    </Field>
  );
});

interface ArgumentControlProps extends ControlProps {
  argument: ScriptArgument;
  value: FilledValue | undefined;
  onFill(value: FilledValue | undefined): void;
}

function ArgumentControl({ argument, value, onFill, ...control }: ArgumentControlProps) {
  switch (argument.input) {
    case "flag":
      return (
        <Checkbox {...control} checked={value === true} onChange={(checked) => onFill(checked ? true : undefined)} />
      );
    case "choice":
    case "boolean":
      return (
        <Dropdown
          {...control}
          value={choiceOf(argument, value)}
          options={choicesOf(argument, value)}
          onChange={(choice) => onFill(valueOfChoice(argument, choice))}
        />
      );
    default:
      return (
        <TextField
          {...control}
          value={typeof value === "string" ? value : ""}
          placeholder={placeholderOf(argument)}
          inputMode={inputModeOf(argument)}
          onChange={onFill}
        />
      );
  }
}

/** Null when there is nothing to tell. */
function helpOf(argument: ScriptArgument): ReactNode {
  const computed = computedDefault(argument);
  const lines = [argument.help, hintOf(argument), ...argument.notes].filter((line) => line !== null && line !== "");
  if (lines.length === 0 && computed === null) return null;
  return (
    <>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {computed !== null && (
        <p>
          By default: <code>{computed}</code>
        </p>
      )}
    </>
  );
}
