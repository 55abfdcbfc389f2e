/** Which programs know kinds of targets that are not ours, told by extensions and kept for all who follow jobs. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { dataFolder } from "../../store/locate";
import { PROTOCOL_VERSION } from "./protocol";

const Registration = z.object({
  version: z.number(),
  /** The program with its first arguments. */
  program: z.array(z.string()).check(z.minLength(1)),
  /** Variables that it needs; no secrets. */
  env: z._default(z.record(z.string(), z.string()), {}),
});
export type Registration = z.infer<typeof Registration>;

const KIND = /^[a-z][\w-]*(?:\.[\w-]+)+$/;

/** Keeps it, in place of the one before. Throws UserError for what is no kind of others: those have a dot in them. */
export function registerKind(
  kind: string,
  { program, env = {} }: { program: readonly string[]; env?: Readonly<Record<string, string>> },
  variables: NodeJS.ProcessEnv = process.env,
): void {
  if (!KIND.test(kind)) throw new UserError(`"${kind}" is no kind of target: those of others are like vendor.kind.`);
  if (program.length === 0) throw new UserError(`The kind ${kind} has no program.`);
  const file = fileOf(kind, variables);
  mkdirSync(path.dirname(file), { recursive: true });
  // Somebody may be reading it.
  const part = `${file}.${process.pid}.new`;
  writeFileSync(part, JSON.stringify({ version: PROTOCOL_VERSION, program, env }), { mode: 0o600 });
  renameSync(part, file);
}

/** False when there was none. */
export function unregisterKind(kind: string, variables: NodeJS.ProcessEnv = process.env): boolean {
  const isThere = registeredKinds(variables).includes(kind);
  if (isThere) rmSync(fileOf(kind, variables), { force: true });
  return isThere;
}

export function registeredKinds(variables: NodeJS.ProcessEnv = process.env): string[] {
  try {
    const names = readdirSync(folderOf(variables)).filter((name) => name.endsWith(".json"));
    return names.map((name) => name.slice(0, -".json".length)).sort();
  } catch {
    return [];
  }
}

/** Throws UserError when nobody told of this kind, or it is told of in a way of later versions. */
export function findKind(kind: string, variables: NodeJS.ProcessEnv = process.env): Registration {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(fileOf(kind, variables), "utf8"));
  } catch {
    const known = registeredKinds(variables);
    const there = known.length === 0 ? "" : ` Those of others that are known here: ${known.join(", ")}.`;
    throw new UserError(
      `Nothing here knows targets of the kind "${kind}". Install and start the extension that brings it, or tell of it: modeltrail targets register ${kind} -- PROGRAM…${there}`,
    );
  }
  const { data } = Registration.safeParse(content);
  if (data && data.version === PROTOCOL_VERSION) return data;
  throw new UserError(
    `The kind "${kind}" was told of by another version. Bring both Modeltrail and its extension up to date.`,
  );
}

function fileOf(kind: string, variables: NodeJS.ProcessEnv): string {
  return path.join(folderOf(variables), `${kind}.json`);
}

const folderOf = (variables: NodeJS.ProcessEnv) => path.join(dataFolder(variables), "modeltrail", "targets");
