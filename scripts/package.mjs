// Builds and makes the VSIX: `npm run package`.
import { cp, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { runOrThrow } from "./lib/processes.mjs";

const SIZE_LIMIT = 5_000_000;

await underOwnNode();
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/build.mjs")]);
await packageExtension();

const { size } = await stat(paths.vsix);
console.log(`${path.basename(paths.vsix)}: ${(size / 1e6).toFixed(2)} MB`);
if (size > SIZE_LIMIT)
  throw new Error(`The VSIX has ${(size / 1e6).toFixed(1)} MB; the limit is ${SIZE_LIMIT / 1e6} MB.`);

/** From a folder with nothing but what may go into it: vsce looks at every file there is, those of our caches included. */
async function packageExtension() {
  const folder = await mkdtemp(path.join(tmpdir(), "modeltrail-package-"));
  try {
    const ignore = await readFile(path.join(paths.root, ".vscodeignore"), "utf8");
    const named = [...ignore.matchAll(/^!([^/\n]+)/gm)].map(([, name]) => name);
    for (const name of [...new Set([".vscodeignore", ...named])]) {
      await cp(path.join(paths.root, name), path.join(folder, name), { recursive: true });
    }
    const vsce = path.join(paths.modules, "@vscode/vsce/vsce");
    await runOrThrow(process.execPath, [vsce, "package", "--no-dependencies", "--out", paths.vsix], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
