// Builds and makes the VSIX: `npm run package`.
import { stat } from "node:fs/promises";
import path from "node:path";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { runOrThrow } from "./lib/processes.mjs";

const SIZE_LIMIT = 5_000_000;

await underOwnNode();
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/build.mjs")]);
const vsce = path.join(paths.modules, "@vscode/vsce/vsce");
await runOrThrow(process.execPath, [vsce, "package", "--no-dependencies", "--out", paths.vsix], { cwd: paths.root });

const { size } = await stat(paths.vsix);
console.log(`${path.basename(paths.vsix)}: ${(size / 1e6).toFixed(2)} MB`);
if (size > SIZE_LIMIT)
  throw new Error(`The VSIX has ${(size / 1e6).toFixed(1)} MB; the limit is ${SIZE_LIMIT / 1e6} MB.`);
