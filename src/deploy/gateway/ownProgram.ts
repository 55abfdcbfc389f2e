/**
 * The `modeltrail` command as a deployment's processes run it: a copy of their own. An editor that installs another version of an
 * extension removes the folder of the one before, while what it has deployed goes on, and is started again when it dies.
 */
import { createHash } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { findProgram } from "../../snapshot/findProgram";
import { placesIn } from "./files";

const LAUNCHER = "cli.js";
/** What the launcher loads; names of parts tell their content. */
const PART = /^cli(-main(\..*)?)?\.js$/;

/** `folder`: the deployment's. `program`: the words before the command's arguments; default: this very process's. */
export function ownProgram(
  folder: string,
  program: readonly string[] = [process.execPath, process.argv[1]!],
): readonly string[] {
  const [node, script, ...words] = program;
  // The editor's own Node goes with the editor's version.
  const runs = existsSync(node!) ? node! : (findProgram("node", process.env) ?? node!);
  return script === undefined ? program : [runs, kept(placesIn(folder).program, script), ...words];
}

/** Removes copies that were left by other versions, when nothing of the deployment runs. Those of its servers are started again. */
export function forgetOtherPrograms(folder: string, [, script = ""]: readonly string[]): void {
  const { program, gateway } = placesIn(folder);
  try {
    const used = `${script} ${readFileSync(gateway, "utf8")}`;
    for (const name of readdirSync(program)) {
      if (!used.includes(name)) rmSync(join(program, name), { recursive: true, force: true });
    }
  } catch {
    // There are none, or they cannot be removed: they only take room.
  }
}

/** The copy of the launcher; the launcher itself when it is one already, or there can be none. */
function kept(place: string, script: string): string {
  try {
    const launcher = realpathSync(script);
    const from = dirname(launcher);
    if (basename(launcher) !== LAUNCHER || dirname(from) === join(realpathSync(dirname(place)), basename(place)))
      return script;
    const parts = readdirSync(from).filter((name) => PART.test(name));
    const to = join(place, hashOf(from, parts));
    if (!existsSync(to)) copy(from, parts, to);
    return join(to, LAUNCHER);
  } catch {
    return script;
  }
}

function hashOf(from: string, parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const name of parts.toSorted()) hash.update(`${name}\0`);
  for (const name of [LAUNCHER, "cli-main.js"]) hash.update(readFileSync(join(from, name)));
  return hash.digest("hex").slice(0, 16);
}

function copy(from: string, parts: readonly string[], to: string): void {
  const unfinished = `${to}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    for (const name of parts) copyFileSync(join(from, name), join(unfinished, name), constants.COPYFILE_FICLONE);
    renameSync(unfinished, to);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
