import { describe, expect, test } from "vitest";
import { emptyForm } from "../../src/protocol/runForm";
import {
  type FormAction,
  type FormState,
  fitting,
  formReducer,
  forNextRun,
  initialState,
  isPristine,
  sameValues,
  valuesOfLastRun,
} from "./formState";
import { argumentOf, filled, scriptOf } from "./testScript";

const script = scriptOf([argumentOf("lr"), argumentOf("fast", { input: "flag" })]);
const stateAfter = (...actions: FormAction[]): FormState =>
  actions.reduce(formReducer, initialState(script, filled({ lr: "1" }, { name: "n", extra: "-v" })));

describe("filling in", () => {
  test("a value, and its removal", () => {
    expect(stateAfter({ type: "fillArgument", id: "fast", value: true }).values.values).toEqual({
      lr: "1",
      fast: true,
    });
    expect(stateAfter({ type: "fillArgument", id: "lr", value: "" }).values.values).toEqual({});
    expect(stateAfter({ type: "fillArgument", id: "lr", value: undefined }).values.values).toEqual({});
  });

  test("texts", () => {
    expect(stateAfter({ type: "fillText", name: "tags", text: "a=1" }).values.tags).toBe("a=1");
  });

  test("another subcommand takes away those below it", () => {
    const deep = [
      { type: "chooseCommand", depth: 0, name: "data" },
      { type: "chooseCommand", depth: 1, name: "fetch" },
    ] as const;
    expect(stateAfter(...deep).values.commands).toEqual(["data", "fetch"]);
    expect(stateAfter(...deep, { type: "chooseCommand", depth: 0, name: "train" }).values.commands).toEqual(["train"]);
    expect(stateAfter(...deep, { type: "chooseCommand", depth: 1, name: null }).values.commands).toEqual(["data"]);
  });
});

describe("replacing what is filled in", () => {
  test("a reset empties the arguments, not what the run is called; undo brings them back", () => {
    const reset = stateAfter({ type: "failAttempt" }, { type: "leaveField", id: "lr" }, { type: "resetArguments" });
    expect(reset.values).toEqual(filled({}, { name: "n" }));
    expect(reset).toMatchObject({ attempts: 0, visited: new Set() });
    expect(formReducer(reset, { type: "undo" })).toMatchObject({ values: stateAfter().values, replaced: null });
  });

  test("after a further change there is nothing to undo", () => {
    const changed = stateAfter({ type: "resetArguments" }, { type: "fillText", name: "note", text: "x" });
    expect(formReducer(changed, { type: "undo" })).toEqual(changed);
  });

  test("values of the last run leave name and note alone", () => {
    const lastRun = filled({ lr: "2" }, { name: "old", note: "old", tags: "a=1" });
    expect(valuesOfLastRun(lastRun, stateAfter().values)).toEqual(filled({ lr: "2" }, { name: "n", tags: "a=1" }));
  });
});

test("once a run has started, the next one gets another name, and no fault is held against it", () => {
  const state = stateAfter({ type: "failAttempt" }, { type: "leaveField", id: "lr" }, { type: "succeed" });
  expect(state).toEqual(initialState(script, filled({ lr: "1" }, { extra: "-v" })));
  expect(forNextRun(filled({}, { name: "a", note: "b", experiment: "c" }))).toEqual(filled({}, { experiment: "c" }));
});

test("leaving a field again changes nothing", () => {
  const once = stateAfter({ type: "leaveField", id: "lr" });
  expect(formReducer(once, { type: "leaveField", id: "lr" })).toBe(once);
});

test("values that an edited script cannot take are left out", () => {
  const switched = scriptOf([argumentOf("lr", { input: "flag" }), argumentOf("fast")]);
  expect(fitting(switched, filled({ lr: "1", fast: true, other: "kept" })).values).toEqual({ other: "kept" });
  expect(stateAfter({ type: "fit", script: switched }).values.values).toEqual({});
  const before = stateAfter();
  expect(formReducer(before, { type: "fit", script })).toBe(before);
});

test("an edited subcommand counts too", () => {
  const train = { name: "train", help: "", arguments: [argumentOf("lr", { id: "train/lr" })], subcommands: null };
  const nested = scriptOf([], { required: true, commands: [train] });
  expect(fitting(nested, filled({ "train/lr": true })).values).toEqual({});
});

test("the same values, in whatever order, with or without empty ones", () => {
  expect(sameValues(filled({ a: "1", b: true }), filled({ b: true, c: "", a: "1" }))).toBe(true);
  expect(sameValues(filled({ a: "1" }), filled({ a: "2" }))).toBe(false);
  expect(sameValues(filled({ a: "true" }), filled({ a: true }))).toBe(false);
  expect(sameValues(filled({}), filled({}, { tags: "a=1" }))).toBe(false);
});

test("pristine: there is nothing to reset", () => {
  expect(isPristine(emptyForm)).toBe(true);
  expect(isPristine(filled({ a: "" }, { name: "n" }))).toBe(true);
  expect(isPristine(filled({ a: false }))).toBe(false);
  expect(isPristine(filled({}, { extra: "-v" }))).toBe(false);
});
