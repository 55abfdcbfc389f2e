import type { Dispatch } from "react";
import { COMMANDS, EXTRA, type Faults } from "../../src/protocol/commandLine";
import type { RunFormValues } from "../../src/protocol/runForm";
import type { ScriptArguments } from "../../src/protocol/scriptArguments";
import { TextField } from "../controls";
import { CommandField } from "./CommandField";
import { Field } from "./Field";
import { Filter } from "./Filter";
import type { FormAction } from "./formState";
import { SectionPart } from "./SectionPart";
import { countArguments, levelsOf } from "./sections";
import { UnreadNote } from "./UnreadNote";

/** Up to here all of them are in sight. */
const MOST_WITHOUT_FILTER = 12;

export interface ArgumentsPartProps {
  script: ScriptArguments;
  values: RunFormValues;
  faults: Faults;
  filter: string;
  onFilter(filter: string): void;
  dispatch: Dispatch<FormAction>;
}

export function ArgumentsPart({ script, values, faults, filter, onFilter, dispatch }: ArgumentsPartProps) {
  const levels = levelsOf(script, values.commands, filter);
  const total = filter === "" ? countArguments(levels) : countArguments(levelsOf(script, values.commands, ""));
  const isEmpty = total === 0 && script.command.subcommands === null;
  return (
    <>
      <UnreadNote notes={script.notes} />
      {isEmpty && script.notes.length === 0 && (
        <p>
          The script takes no arguments by argparse, as far as can be read. What you write below is handed to it word by
          word.
        </p>
      )}
      {total > MOST_WITHOUT_FILTER && (
        <Filter filter={filter} found={countArguments(levels)} total={total} onFilter={onFilter} />
      )}
      {levels.map(({ command, sections }, depth) => (
        <div key={["", ...values.commands].slice(0, depth + 1).join("/")} className="level">
          {depth > 0 && (
            <div>
              <h2>{command.name}</h2>
              {command.help && <p className="help">{command.help}</p>}
            </div>
          )}
          {sections.map((section) => (
            <SectionPart
              key={section.title}
              section={section}
              heading={depth === 0 ? "h2" : "h3"}
              values={values.values}
              faults={faults}
              dispatch={dispatch}
            />
          ))}
          {command.subcommands && (
            <CommandField
              subcommands={command.subcommands}
              depth={depth}
              chosen={values.commands[depth]}
              fault={levels.length === depth + 1 ? faults[COMMANDS] : undefined}
              dispatch={dispatch}
            />
          )}
        </div>
      ))}
      <div className="further">
        <Field
          id={EXTRA}
          name={isEmpty ? "Arguments" : "Further arguments"}
          help="Put at the end of the command line. Quote what has spaces in it."
          fault={faults[EXTRA]}
        >
          {(field) => (
            <TextField
              {...field}
              value={values.extra}
              onChange={(text) => dispatch({ type: "fillText", name: "extra", text })}
              onLeave={() => dispatch({ type: "leaveField", id: EXTRA })}
            />
          )}
        </Field>
      </div>
    </>
  );
}
