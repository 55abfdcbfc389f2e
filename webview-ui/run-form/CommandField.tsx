import type { Dispatch } from "react";
import { COMMANDS } from "../../src/protocol/commandLine";
import type { ScriptCommand } from "../../src/protocol/scriptArguments";
import { Dropdown } from "../controls";
import { Field } from "./Field";
import type { FormAction } from "./formState";

export interface CommandFieldProps {
  subcommands: NonNullable<ScriptCommand["subcommands"]>;
  depth: number;
  chosen: string | undefined;
  fault: string | undefined;
  dispatch: Dispatch<FormAction>;
}

/** Which subcommand, if any; its arguments follow. */
export function CommandField({ subcommands, depth, chosen, fault, dispatch }: CommandFieldProps) {
  const { required, commands } = subcommands;
  const id = `${COMMANDS}/${depth}`;
  const known = commands.some(({ name }) => name === chosen);
  const options = [
    { value: "", label: required ? "Choose…" : "None" },
    ...commands.map(({ name }) => ({ value: name, label: name })),
  ];
  return (
    <Field id={id} name="Command" required={required} fault={fault}>
      {(control) => (
        <Dropdown
          {...control}
          value={known ? chosen! : ""}
          options={options}
          onChange={(name) => dispatch({ type: "chooseCommand", depth, name: name || null })}
          onLeave={() => dispatch({ type: "leaveField", id: COMMANDS })}
        />
      )}
    </Field>
  );
}
