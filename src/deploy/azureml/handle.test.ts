import { expect, test } from "vitest";
import { newDeployment, newHandle } from "./handle";

const NAME = /^[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]$/;
const SETTINGS = { kind: "azureml", workspace: "ws", resourceGroup: "rg" } as const;

test.for(["wine", "1.Wine_quality--of the north", "a".repeat(17).concat("-b"), "ä"])(
  "%s gets names that Azure takes",
  (name) => {
    expect(newHandle(name, SETTINGS).endpoint).toMatch(NAME);
    expect(newHandle(name, { ...SETTINGS, endpoint: "mine" })).toMatchObject({ endpoint: "mine", subscription: null });
    expect(newDeployment(12_345)).toMatch(NAME);
  },
);
