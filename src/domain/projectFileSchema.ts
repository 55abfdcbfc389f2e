/** `modeltrail.yaml` as a JSON schema, for editors. */
import * as z from "zod/mini";
import { ProjectFile } from "./projectFile";
import { TARGET_SCHEMAS } from "./targets";

type Schema = Record<string, unknown>;

/** What may be written, not what is made of it: sizes and durations are still texts. */
export function projectFileSchema(): Schema {
  const schema = jsonSchemaOf(ProjectFile);
  const properties = schema.properties as Record<string, Schema>;
  // A target is checked by its kind, by a function; a schema can list the kinds.
  const target = { oneOf: TARGET_SCHEMAS.map(jsonSchemaOf) };
  const targets = properties.targets!;
  const places = [targets, ...((targets.anyOf as Schema[] | undefined) ?? [])];
  for (const place of places) if (place.additionalProperties !== undefined) place.additionalProperties = target;
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "modeltrail.yaml",
    description: "What a project tells Modeltrail. All of it is optional.",
    ...schema,
  };
}

function jsonSchemaOf(schema: z.ZodMiniType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  return rest;
}
