/** Making a sweep of what modeltrail.yaml or the command line says. */
import path from "node:path";
import { UserError } from "../domain/errors";
import type { ProjectFile } from "../domain/projectFile";
import { PROJECT_FILE_NAME } from "../domain/projectFileName";
import { type Sweep, type SweepDefinition, SweepSpec } from "../domain/sweep";
import { splitWords } from "../protocol/words";
import type { Store } from "../store/contract";
import { trialCount } from "./plan";

/** What the command line says, in place of or besides what the file does; undefined: nothing. */
export type SweepOverrides = { [Key in keyof SweepSpec]?: SweepSpec[Key] | undefined };

/** Throws UserError for a sweep that the file does not name, and for one that makes no sense. */
export function sweepSpec(project: ProjectFile, name: string | undefined, overrides: SweepOverrides): SweepSpec {
  const { command: given, ...rest } = overrides;
  const settings = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const definition = name === undefined ? undefined : definitionOf(project, name);
  const command = given ?? wordsOf(definition?.command);
  if (!command) {
    throw new UserError(
      "A sweep needs a command: `modeltrail sweep run --param lr=0.1,0.01 -- python train.py`, or the name of one in modeltrail.yaml.",
    );
  }
  const params = { ...definition?.params, ...rest.params };
  const parsed = SweepSpec.safeParse({ ...definition, ...settings, params, command });
  if (!parsed.success) throw new UserError(`This is no sweep: ${parsed.error.issues.map(issueText).join("; ")}.`);
  assertTarget(project, parsed.data.target);
  trialCount(parsed.data);
  return parsed.data;
}

/** Keeps the sweep. Its name, when nobody gave one, is its script's. */
export function beginSweep(store: Store, spec: SweepSpec, name: string | undefined, cwd: string): Sweep {
  return store.sweeps.create({ name: name ?? nameOf(spec), spec, cwd });
}

function definitionOf({ sweeps }: ProjectFile, name: string): SweepDefinition {
  const definition = sweeps?.[name];
  if (definition) return definition;
  const names = Object.keys(sweeps ?? {});
  const there = names.length > 0 ? `It names ${names.join(", ")}.` : "It names none.";
  throw new UserError(`${PROJECT_FILE_NAME} has no sweep "${name}". ${there} A command stands behind two dashes.`);
}

function assertTarget({ targets }: ProjectFile, target: string): void {
  if (target === "local" || targets?.[target]) return;
  throw new UserError(
    `${PROJECT_FILE_NAME} has no target "${target}". \`modeltrail targets\` lists those that there are.`,
  );
}

const wordsOf = (command: SweepDefinition["command"] | undefined) =>
  typeof command === "string" ? splitWords(command) : command;

function issueText({ path: place, message }: { path: PropertyKey[]; message: string }): string {
  return place.length > 0 ? `${place.join(".")}: ${message}` : message;
}

function nameOf({ command }: SweepSpec): string {
  const script = command.find((word) => /\.(py|ipynb|sh|r|jl)$/i.test(word)) ?? command[0]!;
  return path.basename(script).replace(/\.\w+$/, "");
}
