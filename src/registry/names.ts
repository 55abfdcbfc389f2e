/** What models and aliases may be called: as MLflow's registry has it, so that its clients can use them. */
import { normalize } from "node:path/posix";
import { UserError } from "../domain/errors";

const LONGEST_NAME = 256;
const LONGEST_ALIAS = 255;

/** Throws UserError. */
export function checkModelName(name: string): string {
  const isPath = normalize(name) !== name || name === "." || name.startsWith("..");
  if (name.trim() !== "" && !/[/:]/.test(name) && !isPath && name.length <= LONGEST_NAME) return name;
  throw new UserError(`"${name}" cannot be a model's name: it must not be empty, and has no "/" and ":" in it.`);
}

/** Throws UserError. */
export function checkAlias(alias: string): string {
  if (/^latest$/i.test(alias) || /^v\d+$/i.test(alias)) {
    throw new UserError(
      `The alias "${alias}" cannot be given: it stands for the newest version, or that of its number.`,
    );
  }
  if (/^[\p{L}\p{N}_-]+$/u.test(alias) && alias.length <= LONGEST_ALIAS) return alias;
  throw new UserError(`"${alias}" cannot be an alias. Use letters, digits, "_" and "-", for example: challenger`);
}

/** A model's name from some text: "train/wine:v2" becomes "train-wine-v2". */
export function toModelName(text: string): string {
  const name = text.replace(/[/:\\\s]+/g, "-").replace(/^[.-]+|[.-]+$/g, "");
  return name.slice(0, LONGEST_NAME) || "model";
}
