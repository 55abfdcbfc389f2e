import type { Dispatch } from "react";
import { type Faults, type FilledArguments, labelOf } from "../../src/protocol/commandLine";
import type { ScriptArgument } from "../../src/protocol/scriptArguments";
import { ArgumentField } from "./ArgumentField";
import type { FormAction } from "./formState";
import type { Section } from "./sections";

export interface SectionPartProps {
  section: Section;
  heading: "h2" | "h3";
  values: FilledArguments["values"];
  faults: Faults;
  dispatch: Dispatch<FormAction>;
}

export function SectionPart({ section, heading: Heading, values, faults, dispatch }: SectionPartProps) {
  const fieldOf = (argument: ScriptArgument) => (
    <ArgumentField
      key={argument.id}
      argument={argument}
      value={values[argument.id]}
      fault={faults[argument.id]}
      dispatch={dispatch}
    />
  );
  return (
    <section>
      <Heading>{section.title}</Heading>
      {section.blocks.map(([first, ...others]) =>
        others.length === 0 ? (
          fieldOf(first!)
        ) : (
          <fieldset key={first!.id} className="exclusive">
            <legend>At most one of {[first!, ...others].map(labelOf).join(", ")}</legend>
            {[first!, ...others].map(fieldOf)}
          </fieldset>
        ),
      )}
    </section>
  );
}
