/** How a tool stands in package.json, from its one definition in src/agents. Tests hold package.json against this. */
import * as z from "zod";

interface DefinedTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodType;
}

const PROJECT = "Name of the project's folder; needed only where the window has several projects";

export function toolManifest({ name, title, description, input }: DefinedTool): Record<string, unknown> {
  const { $schema: _, additionalProperties: __, properties = {}, ...schema } = z.toJSONSchema(input, { io: "input" });
  return {
    name: `modeltrail_${name}`,
    displayName: title,
    toolReferenceName: name.replaceAll("_", "-"),
    canBeReferencedInPrompt: true,
    icon: name === "start_run" ? "$(play-circle)" : "$(beaker)",
    userDescription: description.split(". ")[0],
    modelDescription: description,
    tags: ["modeltrail", "machine-learning", "experiments"],
    inputSchema: { ...schema, properties: { ...properties, project: { type: "string", description: PROJECT } } },
  };
}
