/** `modeltrail targets register` and `unregister` */
import path from "node:path";
import { UserError } from "../../domain/errors";
import { registerKind, unregisterKind } from "../../targets/foreign/registrations";
import { print } from "../print";

export function registerCommand(kind: string, [program = "", ...words]: string[]): void {
  // It will be started from other folders.
  registerKind(kind, { program: [/[\\/]/.test(program) ? path.resolve(program) : program, ...words] });
  print(`Targets of the kind ${kind} are run by ${program}.`);
}

export function unregisterCommand(kind: string): void {
  if (!unregisterKind(kind)) throw new UserError(`There is no kind "${kind}" of others.`);
  print(`Targets of the kind ${kind} are not known any more.`);
}
