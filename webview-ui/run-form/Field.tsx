import type { ReactNode } from "react";
import type { FieldProps as ControlProps } from "../controls";
import { Button } from "../controls";
import { ResetIcon } from "./icons";

export interface FieldProps {
  /** The control's, and what its fault goes by. */
  id: string;
  name: string;
  /** More names of the same: short flags. */
  aliases?: readonly string[];
  help?: ReactNode;
  /** What a value must be, in a word. */
  kind?: string | null;
  required?: boolean;
  fault?: string;
  /** Differs from what the script does by itself; offers the way back when `onReset` is there. */
  changed?: boolean;
  onReset?(): void;
  isCode?: boolean;
  /** The control is small: what there is to say stands beside it. */
  isSwitch?: boolean;
  /** Buttons beside the control, and what else belongs to it. */
  beside?: ReactNode;
  below?: ReactNode;
  /** Draws the control. */
  children(control: ControlProps): ReactNode;
}

/** A name, a control, what to know about it, and what is wrong with it. */
export function Field(props: FieldProps) {
  const {
    id,
    name,
    aliases = [],
    help,
    required = false,
    fault,
    changed = false,
    kind,
    isCode,
    isSwitch = false,
    beside,
    below,
  } = props;
  const helpId = `${id} help`.replaceAll(" ", "-");
  const faultId = `${id} fault`.replaceAll(" ", "-");
  const describedBy = [...(help ? [helpId] : []), ...(fault ? [faultId] : [])];

  /** Its button goes away with the change: the focus must not go with it. */
  function reset(): void {
    props.onReset?.();
    document.getElementById(id)?.focus();
  }

  const classes = ["field", ...(changed ? ["changed"] : []), ...(isSwitch ? ["switch"] : [])];
  return (
    <div className={classes.join(" ")}>
      <div className="name">
        <label htmlFor={id} className={isCode ? "code" : undefined}>
          {name}
        </label>
        {aliases.map((alias) => (
          <span key={alias} className="alias code">
            {alias}
          </span>
        ))}
        {kind && <span className="kind">{kind}</span>}
        {required && <span className="badge">required</span>}
        {changed && <span className="unseen">changed from its default</span>}
      </div>
      <div className="value">
        <div className="row">
          {props.children({ id, label: name, describedBy, required, invalid: fault !== undefined })}
          {beside}
          {changed && props.onReset && (
            <Button kind="icon" label={`Reset ${name} to its default`} onClick={reset}>
              <ResetIcon />
            </Button>
          )}
        </div>
        <div aria-live="polite">
          {fault && (
            <p className="fault" id={faultId}>
              {fault}
            </p>
          )}
        </div>
        {help && (
          <div className="help" id={helpId}>
            {help}
          </div>
        )}
        {below}
      </div>
    </div>
  );
}
