// `npm run bench`: runs the measurements in bench/ one after the other, on the shipped build. Names choose some:
// `npm run bench -- store run`.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { run, runOrThrow } from "./lib/processes.mjs";

await underOwnNode();
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/build.mjs")]);
const folder = path.join(paths.root, "bench");
const files = (await readdir(folder)).filter((file) => /\.bench\.m?[jt]s$/.test(file)).sort();
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !files.some((file) => file.startsWith(`${name}.bench.`)));
if (unknown.length > 0) throw new Error(`bench/ has no ${unknown.join(", ")}; it has ${files.join(", ")}.`);

const failed = [];
for (const file of files.filter((each) => chosen.length === 0 || chosen.includes(each.split(".")[0]))) {
  console.log(`\n── ${file} ${"─".repeat(Math.max(0, 80 - file.length))}`);
  if ((await run(process.execPath, [path.join(folder, file)], { cwd: paths.root })) !== 0) failed.push(file);
}
if (failed.length > 0) {
  console.error(`\nNot every claim holds: ${failed.join(", ")}.`);
  process.exitCode = 1;
}
