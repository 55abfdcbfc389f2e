import { expect, test } from "vitest";
import { withoutLogin } from "./login";

test("a login is taken out of an address", () => {
  expect(withoutLogin(" https://ada:p%40ss@mlflow.example.org/team/ ")).toEqual({
    url: "https://mlflow.example.org/team",
    env: { MLFLOW_TRACKING_USERNAME: "ada", MLFLOW_TRACKING_PASSWORD: "p@ss" },
  });
  expect(withoutLogin("http://127.0.0.1:5000")).toEqual({ url: "http://127.0.0.1:5000", env: {} });
});

test("what is no address of a web server is none", () => {
  for (const text of ["", "mlruns", "sqlite:///mlflow.db", "file:///tmp/mlruns", "example.org:5000"]) {
    expect(withoutLogin(text), text).toBeUndefined();
  }
});
