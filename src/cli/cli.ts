/**
 * The `modeltrail` command: makes sure that Node is new enough, then becomes dist/cli-main.js. Kept to what Node 18 can
 * run, so that an old one gives a sentence and not a syntax error.
 */
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { restartWith } from "./restart";

/** The first Node that has SQLite without being asked for it. */
const OLDEST = [22, 13] as const;

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Another Node that is at hand: the one named by MODELTRAIL_NODE, or the package's own. */
function findOtherNode(): string | undefined {
  const candidates = [process.env.MODELTRAIL_NODE];
  for (let folder = __dirname; ; folder = dirname(folder)) {
    candidates.push(join(folder, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node"));
    if (dirname(folder) === folder) break;
  }
  return candidates.find((path) => path !== undefined && path !== process.execPath && existsSync(path));
}

async function main(): Promise<void> {
  // A run's output is the command's alone: what Node would warn of goes nowhere.
  process.removeAllListeners("warning");
  if (!isNewEnough(process.versions.node)) {
    const node = process.env.MODELTRAIL_RESTARTED ? undefined : findOtherNode();
    if (node) return restartWith(node, __filename);
    console.error(
      `modeltrail: this needs Node ${OLDEST.join(".")} or later, and ${process.execPath} is ${process.version}. Install a newer one, or set MODELTRAIL_NODE to where it is.`,
    );
    process.exit(1);
  }
  // The program's compiled form, so that starting it costs little.
  const cache = cacheFolder();
  if (cache) module.enableCompileCache?.(cache);
  await import("./main");
}

void main();
