/** What the containers of an endpoint print: Google keeps it among the project's logs. */
import * as z from "zod/mini";
import type { CloudProgram } from "../cloud/program";
import type { VertexHandle } from "./handle";

const Entries = z.nullable(
  z.array(
    z.object({
      textPayload: z.optional(z.string()),
      // What is printed as JSON, as whoever prints it likes.
      jsonPayload: z.optional(z.looseObject({ message: z.optional(z.unknown()) })),
    }),
  ),
);
type Entry = NonNullable<z.infer<typeof Entries>>[number];

/** Google keeps it for so long, and shows what is of the last day unless it is told otherwise. */
const KEPT = "30d";

/** The newest lines, oldest first. */
export async function readLog(
  gcloud: CloudProgram,
  { endpoint, project }: Pick<VertexHandle, "endpoint" | "project">,
  lines: number,
  signal: AbortSignal,
): Promise<string[]> {
  const filter = `resource.type="aiplatform.googleapis.com/Endpoint" AND resource.labels.endpoint_id="${endpoint}"`;
  const words = ["logging", "read", filter, `--project=${project}`, `--limit=${lines}`, `--freshness=${KEPT}`];
  const told = await gcloud.json([...words, "--format=json"], { signal, what: "read the log" });
  const entries = Entries.parse(told) ?? [];
  const all = entries.reverse().flatMap((entry) => textOf(entry).trimEnd().split(/\r?\n/));
  return all.slice(-lines);
}

function textOf({ textPayload, jsonPayload }: Entry): string {
  const { message } = jsonPayload ?? {};
  return textPayload ?? (typeof message === "string" ? message : JSON.stringify(message ?? jsonPayload ?? ""));
}
