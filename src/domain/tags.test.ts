import { expect, test } from "vitest";
import { ownTags } from "./tags";

test("what MLflow's client notes for itself is nobody's tag", () => {
  expect(ownTags({ "mlflow.user": "ada", team: "red", mlflow: "x", "my.mlflow.a": "y" })).toEqual({
    team: "red",
    mlflow: "x",
    "my.mlflow.a": "y",
  });
});
