import path from "node:path";
import { expect, test } from "vitest";
import { projectFileSchema } from "./projectFileSchema";

/** Where editors find it; see package.json. `npx vitest run projectFileSchema -u` writes it anew. */
const FILE = path.resolve(import.meta.dirname, "../../schemas/modeltrail.schema.json");

test("the schema that editors get is what the file is checked with", async () => {
  await expect(`${JSON.stringify(projectFileSchema(), null, 2)}\n`).toMatchFileSnapshot(FILE);
});

test("each kind of target has its own properties, with a word about them", () => {
  const { properties } = projectFileSchema() as { properties: Record<string, { anyOf: unknown[] }> };
  const [{ additionalProperties }] = properties.targets!.anyOf as [{ additionalProperties: { oneOf: unknown[] } }];
  const kinds = additionalProperties.oneOf as {
    properties: Record<string, { const?: string; description?: string }>;
  }[];
  const ssh = kinds.find((one) => one.properties.kind!.const === "ssh")!;
  expect(ssh.properties.host!.description).toMatch(/as `ssh` takes it/);
  expect(ssh.properties.limits).toMatchObject({
    properties: { time: { type: ["string", "number"], description: expect.stringContaining("2h30m") } },
  });
});
