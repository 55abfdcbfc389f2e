// Bundles everything that ships into dist/. `--watch` rebuilds on change, unminified and with linked source maps. Tests bundle
// what they need as it ships: `--out FOLDER --only cli,cli-main`.
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { paths } from "./lib/paths.mjs";

const { values: options } = parseArgs({
  options: {
    watch: { type: "boolean", default: false },
    out: { type: "string", default: paths.dist },
    only: { type: "string" },
  },
});
const only = options.only?.split(",");
const HOST_BUNDLE_LIMIT = 1_000_000;
/** A library that slips into the start of every window is noticed here. */
const START_LIMIT = 200_000;
/** The oldest editor that is supported (VS Code 1.105) runs Node 22. */
const NODE_TARGET = "node22.13";

/**
 * The programs that run on Node. `split` makes a dynamic import a file of its own, so that what is not needed is not
 * even read: the extension and the command start with little. The command's launcher is not bundled with its main part.
 * `join` puts all that is needed at start into one file: esbuild makes dozens of what several dynamic imports share, and to open
 * each takes as long as to run it.
 */
const programs = [
  { out: "extension", source: "src/extension/extension.ts", split: true, join: true, external: ["vscode"] },
  { out: "cli-main", source: "src/cli/main.ts", split: true },
  { out: "store-worker", source: "src/extension/storeWorker.ts", split: true },
  { out: "hash-worker", source: "src/snapshot/hashWorker.ts" },
  { out: "table-worker", source: "src/compare/tables/tableWorker.ts" },
  { out: "cli", source: "src/cli/cli.ts", target: "node18", external: ["./cli-main.js"], executable: true },
];

/** Every file directly in webview-ui/pages is a page: dist/webview/<page>.js and, when it has styles, <page>.css. */
async function webviewPages() {
  const folder = path.join(paths.root, "webview-ui/pages");
  const files = existsSync(folder) ? await readdir(folder) : [];
  return files.filter((file) => /^[^.]+\.tsx?$/.test(file)).map((file) => path.join(folder, file));
}

/**
 * esbuild splits ES modules only, and VS Code loads CommonJS extensions: so each program is first bundled as ES modules
 * in memory, then each of its files is turned into CommonJS, where a dynamic import becomes a lazy `require`.
 */
function writeAsCommonJs(program) {
  return {
    name: "write-as-commonjs",
    setup(build) {
      build.onEnd(async ({ errors, outputFiles = [], metafile }) => {
        if (errors.length > 0) return;
        program.parts = new Map();
        for (const file of outputFiles) {
          const { code, map } = await esbuild.transform(file.text, {
            format: "cjs",
            platform: "node",
            target: program.target ?? NODE_TARGET,
            supported: { "dynamic-import": false },
            minify: !options.watch,
            sourcemap: options.watch ? "inline" : "external",
            sourcefile: path.basename(file.path),
            legalComments: "none",
            logLevel: "warning",
          });
          await writeFile(file.path, withShebang(code, program));
          if (map) await writeFile(`${file.path}.map`, map);
          if (program.executable) await chmod(file.path, 0o755);
          const { imports } = metafile.outputs[path.relative(paths.root, file.path).replaceAll(path.sep, "/")];
          program.parts.set(path.basename(file.path), { bytes: Buffer.byteLength(code), imports });
        }
        // Source maps are for files that stand apart.
        if (program.join && !options.watch) await joinStart(program);
        await removeStaleParts(program);
      });
    },
  };
}

/**
 * Puts the files that a program loads at its start into its entry, each a function as Node would make of it. In their places
 * stand files that hand them out to those which are loaded later, so that each is run once.
 */
async function joinStart({ out, parts }) {
  const entry = `${out}.js`;
  const names = reachable(parts, entry, true);
  const codes = new Map();
  for (const name of names) codes.set(name, await readFile(path.join(options.out, name), "utf8"));
  const functions = names.map((name) => `${JSON.stringify(`./${name}`)}(module,exports,require){${codes.get(name)}\n}`);
  const loader =
    "const loaded={};function load(name){if(!Object.hasOwn(parts,name))return require(name);" +
    "let module=loaded[name];if(!module){module=loaded[name]={exports:{}};parts[name](module,module.exports,load)}" +
    `return module.exports}module.exports={...load("./${entry}"),part:load};`;
  await writeFile(path.join(options.out, entry), `"use strict";const parts={${functions.join(",\n")}};${loader}\n`);
  for (const name of names) {
    if (name === entry) continue;
    await writeFile(path.join(options.out, name), `module.exports=require("./${entry}").part("./${name}");\n`);
    await rm(path.join(options.out, `${name}.map`), { force: true });
  }
  await rm(path.join(options.out, `${entry}.map`), { force: true });
}

function withShebang(code, program) {
  return program.executable && !code.startsWith("#!") ? `#!/usr/bin/env node\n${code}` : code;
}

/** Earlier builds leave parts whose names carry another hash. */
async function removeStaleParts({ out, parts }) {
  for (const name of await readdir(options.out)) {
    const part = name.replace(/\.map$/, "");
    if (part.startsWith(`${out}.part-`) && !parts.has(part)) await rm(path.join(options.out, name), { force: true });
  }
}

function programOptions(program) {
  return {
    absWorkingDir: paths.root,
    entryPoints: [{ in: program.source, out: program.out }],
    outdir: options.out,
    // Beside the entry, so that __dirname is dist/ in every file.
    chunkNames: `${program.out}.part-[name]-[hash]`,
    bundle: true,
    write: false,
    format: "esm",
    splitting: program.split ?? false,
    platform: "node",
    target: NODE_TARGET,
    mainFields: ["module", "main"],
    external: program.external ?? [],
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
    sourcemap: "inline",
    metafile: true,
    logLevel: "warning",
    plugins: [launcherKeepsMainApart, writeAsCommonJs(program)],
  };
}

/** The launcher must run on a Node too old for the main part, so it loads that at run time. */
const launcherKeepsMainApart = {
  name: "launcher-keeps-main-apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/main$/ }, ({ importer }) =>
      importer === path.join(paths.root, "src/cli/cli.ts") ? { path: "./cli-main.js", external: true } : undefined,
    );
  },
};

function webviewOptions(entryPoints) {
  return {
    absWorkingDir: paths.root,
    entryPoints,
    outdir: path.join(options.out, "webview"),
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    minify: !options.watch,
    sourcemap: options.watch ? "linked" : "external",
    legalComments: "none",
    loader: { ".ttf": "file", ".woff2": "file", ".svg": "dataurl" },
    define: { "process.env.NODE_ENV": options.watch ? '"development"' : '"production"' },
    metafile: true,
    logLevel: "warning",
  };
}

/** Names of the files that `entry` can come to load; with `atStart` only those it loads at once. */
function reachable(parts, entry, atStart) {
  const found = new Set([entry]);
  for (const name of found) {
    for (const { path: target, kind } of parts.get(name).imports) {
      if (parts.has(path.basename(target)) && !(atStart && kind === "dynamic-import")) found.add(path.basename(target));
    }
  }
  return [...found];
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

function report({ out, parts }) {
  const bytes = (atStart) =>
    reachable(parts, `${out}.js`, atStart).reduce((sum, name) => sum + parts.get(name).bytes, 0);
  const [all, atStart] = [bytes(false), bytes(true)];
  console.log(`dist/${out}.js: ${kilobytes(all)}${all > atStart ? `, ${kilobytes(atStart)} of them at start` : ""}`);
  if (out === "extension" && all > HOST_BUNDLE_LIMIT) {
    throw new Error(`The extension's bundle has ${kilobytes(all)}; the limit is ${kilobytes(HOST_BUNDLE_LIMIT)}.`);
  }
  if (out === "extension" && !options.watch && atStart > START_LIMIT) {
    throw new Error(`The extension loads ${kilobytes(atStart)} at start; the limit is ${kilobytes(START_LIMIT)}.`);
  }
}

await mkdir(options.out, { recursive: true });
const present = programs.filter(({ out }) => only?.includes(out) ?? true);
const pages = only ? [] : await webviewPages();
const builds = present.map(programOptions);
if (pages.length > 0) builds.push(webviewOptions(pages));

if (options.watch) {
  for (const build of builds) await (await esbuild.context(build)).watch();
  console.log("Watching for changes; Ctrl-C ends it.");
} else {
  const results = await Promise.allSettled(builds.map((build) => esbuild.build(build)));
  // esbuild has said what is wrong.
  if (results.some(({ status }) => status === "rejected")) process.exit(1);
  present.forEach(report);
}
