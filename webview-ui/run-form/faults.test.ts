import { expect, test } from "vitest";
import { EXTRA } from "../../src/protocol/commandLine";
import { formFaults, shownFaults, TAGS } from "./faults";
import { formReducer, initialState } from "./formState";
import { argumentOf, filled, scriptOf } from "./testScript";

const script = scriptOf([
  argumentOf("data", { flags: [], required: true }),
  argumentOf("epochs", { input: "integer", type: "integer" }),
]);

test("arguments, free words and tags are looked at", () => {
  const values = filled({ epochs: "many" }, { extra: "'", tags: "oops" });
  expect(Object.keys(formFaults(script, values)).toSorted()).toEqual([EXTRA, TAGS, "data", "epochs"]);
  expect(formFaults(script, filled({ data: "d", epochs: "3" }, { tags: "a=1\nb='x y'" }))).toEqual({});
});

test("a fault is shown once its field was left, and all of them once Run was pressed", () => {
  const state = initialState(script, filled({ epochs: "many" }));
  const faults = formFaults(script, state.values);
  const left = formReducer(state, { type: "leaveField", id: "epochs" });
  expect(shownFaults(faults, state)).toEqual({});
  expect(Object.keys(shownFaults(faults, left))).toEqual(["epochs"]);
  expect(shownFaults(faults, formReducer(state, { type: "failAttempt" }))).toEqual(faults);
});
