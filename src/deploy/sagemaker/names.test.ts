import { expect, test } from "vitest";
import { configName, isConfigOf, isModelOf, modelName, newEndpointName, sameShape, tryName, versionOf } from "./names";

/** SageMaker's own. */
const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

test.for(["wine", "W", "wine_tasting.2", `${"very-".repeat(30)}long`, "x-".repeat(31), "Größe"])(
  "whatever %s is called, SageMaker takes its names",
  (deployment) => {
    const endpoint = newEndpointName(deployment);
    const names = [
      ...[endpoint, tryName(endpoint), modelName(endpoint, 123_456, { image: "x" })],
      ...[configName(endpoint, { of: 1 }, [1])],
    ];
    for (const name of names) expect(name).toMatch(NAME);
    expect(newEndpointName(deployment)).not.toBe(endpoint);
  },
);

test("what belongs to an endpoint is told from what belongs to one whose name begins alike", () => {
  const [model, config] = [modelName("wine", 3, { image: "x" }), configName("wine", { of: 1 }, [1])];
  expect([versionOf(model), versionOf("somebodys-model")]).toEqual([3, null]);
  expect([isModelOf("wine", model), isConfigOf("wine", config)]).toEqual([true, true]);
  for (const endpoint of ["win", "wine-v3", "wine-red"]) {
    expect([endpoint, isModelOf(endpoint, model), isConfigOf(endpoint, config)]).toEqual([endpoint, false, false]);
  }
  expect([isModelOf("wine", config), isConfigOf("wine", model)]).toEqual([false, false]);
  expect(isModelOf("wine", modelName("wine-red", 3, {}))).toBe(false);
  expect(isConfigOf("wine", configName("wine-red", {}, []))).toBe(false);
});

test("the same content has the same name, and shares are told from what they are shared among", () => {
  expect(configName("wine", { a: 1, b: 2 }, [90, 10])).toBe(configName("wine", { b: 2, a: 1 }, [90, 10]));
  const [before, shared, other] = [
    configName("wine", { a: 1 }, [90, 10]),
    configName("wine", { a: 1 }, [50, 50]),
    configName("wine", { a: 2 }, [90, 10]),
  ];
  expect([sameShape(before, shared), sameShape(before, other), before === shared]).toEqual([true, false, false]);
});
