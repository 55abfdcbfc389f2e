import type { Dispatch } from "react";
import type { RunFormValues } from "../../src/protocol/runForm";
import { Button, TextArea, TextField } from "../controls";
import { Field } from "./Field";
import { TAGS } from "./faults";
import type { FormAction, TextName } from "./formState";

const MOST_EXPERIMENTS = 6;

export interface DetailsPartProps {
  values: RunFormValues;
  experiments: readonly string[];
  /** Of the tags. */
  fault: string | undefined;
  open: boolean;
  onToggle(open: boolean): void;
  dispatch: Dispatch<FormAction>;
}

/** What the run is recorded under. */
export function DetailsPart({ values, experiments, fault, open, onToggle, dispatch }: DetailsPartProps) {
  const fill = (name: TextName) => (text: string) => dispatch({ type: "fillText", name, text });
  const offered = experiments.filter((name) => name !== values.experiment).slice(0, MOST_EXPERIMENTS);
  return (
    <details className="details" open={open} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
      <summary>
        <h2>Run details</h2>
      </summary>
      <Field
        id="/experiment"
        name="Experiment"
        below={
          offered.length > 0 && (
            <div className="offers">
              {offered.map((name) => (
                <Button key={name} label={`Use experiment ${name}`} onClick={() => fill("experiment")(name)}>
                  {name}
                </Button>
              ))}
            </div>
          )
        }
      >
        {(control) => (
          <TextField
            {...control}
            value={values.experiment}
            placeholder="Named after the script"
            onChange={fill("experiment")}
          />
        )}
      </Field>
      <Field id="/name" name="Name">
        {(control) => (
          <TextField {...control} value={values.name} placeholder="Made up for you" onChange={fill("name")} />
        )}
      </Field>
      <Field id={TAGS} name="Tags" help="One key=value a line." fault={fault}>
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            value={values.tags}
            onChange={fill("tags")}
            onLeave={() => dispatch({ type: "leaveField", id: TAGS })}
          />
        )}
      </Field>
      <Field id="/note" name="Note">
        {(control) => <TextArea {...control} rows={3} value={values.note} onChange={fill("note")} />}
      </Field>
    </details>
  );
}
