// `npm start`: does its own set-up, records one real run of an example, and opens VS Code on examples/ with the extension:
// the desktop one where the `code` command is there, else code-server. `--browser` takes code-server all the same, `--port N`
// too, on that port.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { installCodeServer, installExtension, isFree, startCodeServer } from "./lib/codeServer.mjs";
import { underOwnNode } from "./lib/npm.mjs";
import { paths } from "./lib/paths.mjs";
import { onPath, run, runOrThrow } from "./lib/processes.mjs";
import { ensureVenv, systemPython } from "./lib/python.mjs";
import { quietSettings } from "./lib/settings.mjs";
import { fingerprint, once } from "./lib/stamp.mjs";

const USUAL_PORT = 8765;

await underOwnNode();
const { values: options } = parseArgs({
  options: { port: { type: "string" }, browser: { type: "boolean", default: false } },
});
await runOrThrow(process.execPath, [path.join(paths.root, "scripts/build.mjs")]);
await recordFirstRun(await prepareExamples());
if (options.browser || options.port !== undefined || !(await openDesktop())) await serve();

/** Gives the examples a `.venv` with what they need. @returns {Promise<string | undefined>} its Python */
async function prepareExamples() {
  const python = await ensureVenv([path.join(paths.examples, "wine/requirements.txt")]);
  const link = path.join(paths.examples, ".venv");
  const present = await lstat(link).catch(() => undefined);
  // A folder there is the user's own environment.
  if (!python || (present && !present.isSymbolicLink())) return python;
  const venv = path.resolve(python, "../..");
  if (present && (await readlink(link)) === venv) return python;
  await rm(link, { force: true });
  await symlink(venv, link, "junction");
  return python;
}

/** Records a run as a user would in a terminal, unless the examples have one already. */
async function recordFirstRun(python) {
  const modeltrail = path.join(paths.dist, "cli.js");
  const recorded = execFileSync(process.execPath, [modeltrail, "ls", "--json", "--limit", "1"], {
    cwd: paths.examples,
  });
  if (JSON.parse(recorded.toString()).length > 0) return;
  const example = python ? "wine" : "quickstart";
  console.log(`\nRecording a run of examples/${example}/train.py …`);
  const command = [python ?? systemPython().command, path.join(example, "train.py")];
  await run(process.execPath, [modeltrail, "run", "--", ...command], { cwd: paths.examples });
}

/** @returns {Promise<boolean>} whether desktop VS Code opened */
async function openDesktop() {
  const code = desktopProgram();
  if (!code) return false;
  const opened = await run(code, [`--extensionDevelopmentPath=${paths.root}`, paths.examples]);
  if (opened === 0) console.log("\nVS Code opens on examples/ with Modeltrail in it.");
  else console.log("\nThe `code` command did not open VS Code, so it is served in a browser.");
  return opened === 0;
}

/** `code` of Windows is a script, which cannot be started without a shell: the program is beside it. */
function desktopProgram() {
  const code = onPath("code");
  if (process.platform !== "win32" || !code) return code;
  const program = path.resolve(path.dirname(code), "../Code.exe");
  return existsSync(program) ? program : undefined;
}

async function serve() {
  await installCodeServer();
  const userDataDir = await userData();
  const extensionsDir = path.join(paths.cache, "start/extensions");
  await installCurrentExtension(extensionsDir, userDataDir);
  const server = await startCodeServer({
    userDataDir,
    extensionsDir,
    settings: quietSettings,
    port: await choosePort(),
  });
  process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      console.log("\nVS Code is being stopped …");
      await server.stop();
      process.exit(0);
    });
  }
  const address = `${server.url}/?folder=${encodeURI(paths.examples)}`;
  console.log(`\nVS Code is open on examples/ with Modeltrail in it:\n\n    ${address}\n\nCtrl-C ends it.`);
  await server.ended;
  throw new Error(`code-server ended; see ${server.log}.`);
}

/** The port that was asked for, else the usual one, else any. */
async function choosePort() {
  if (options.port === undefined) return (await isFree(USUAL_PORT)) ? USUAL_PORT : undefined;
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`"${options.port}" is not a port number.`);
  if (!(await isFree(port))) throw new Error(`Port ${port} is in use: give another one, or none.`);
  return port;
}

/** Packages and installs the extension when what goes into it has changed. */
async function installCurrentExtension(extensionsDir, userDataDir) {
  const shipped = ["dist", "python", "media"].map((folder) => path.join(paths.root, folder));
  const files = (await Promise.all(shipped.map(filesIn))).flat().filter((file) => !/\.(map|pyc)$/.test(file));
  const key = await fingerprint([...files.sort(), path.join(paths.root, "package.json")]);
  await once(path.join(extensionsDir, ".stamp"), key, async () => {
    await runOrThrow(process.execPath, [path.join(paths.root, "scripts/package.mjs")]);
    await rm(extensionsDir, { recursive: true, force: true });
    await installExtension(paths.vsix, { extensionsDir, userDataDir });
  });
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** In the cache, unless that path is too long for the sockets in it (about 100 bytes on Linux and macOS). */
async function userData() {
  const folder = path.join(paths.cache, "start/user");
  if (path.join(folder, "code-server-ipc.sock").length < 100 || process.platform === "win32") return folder;
  const elsewhere = path.join(os.tmpdir(), `modeltrail-${await fingerprint([], paths.root)}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  return elsewhere;
}
