import { once as event } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { npm } from "./npm.mjs";
import { paths } from "./paths.mjs";
import { killTree, runOrThrow, start } from "./processes.mjs";
import { fingerprint, once } from "./stamp.mjs";

const manifest = path.join(paths.root, "scripts/code-server");
const home = path.join(paths.cache, "code-server");
const program = path.join(home, "node_modules/code-server");

/**
 * Installs code-server, the real VS Code server and workbench, from npm. Nothing is compiled: the install scripts are
 * left out and what of them is needed (VS Code's own packages) is done here; its native parts come prebuilt or are optional.
 */
export async function installCodeServer() {
  const inputs = ["package-lock.json", "spdlog.cjs"].map((file) => path.join(manifest, file));
  const key = await fingerprint(inputs, process.platform, process.arch);
  await once(path.join(home, ".stamp"), key, async () => {
    console.log("Installing code-server …");
    await mkdir(home, { recursive: true });
    for (const file of ["package.json", "package-lock.json"])
      await cp(path.join(manifest, file), path.join(home, file));
    await npm(["ci", "--ignore-scripts"], home);
    const vscode = path.join(program, "lib/vscode");
    await npm(["install", "--ignore-scripts", "--omit=dev"], vscode);
    await npm(["install", "--ignore-scripts", "--omit=dev"], path.join(vscode, "extensions"));
    await linkCodeCommand(path.join(vscode, "bin/remote-cli"));
    await cp(path.join(manifest, "spdlog.cjs"), path.join(vscode, "node_modules/@vscode/spdlog/index.js"));
  });
}

/** The `code` command of integrated terminals. */
async function linkCodeCommand(folder) {
  const target = { linux: "code-linux.sh", darwin: "code-darwin.sh" }[process.platform];
  if (target && !existsSync(path.join(folder, "code"))) await symlink(target, path.join(folder, "code"));
}

/** Installs a VSIX into a folder of extensions. */
export async function installExtension(vsix, { extensionsDir, userDataDir }) {
  const args = [
    "--install-extension",
    vsix,
    "--force",
    "--extensions-dir",
    extensionsDir,
    "--user-data-dir",
    userDataDir,
  ];
  await runOrThrow(process.execPath, [entry, ...args, "--config", await emptyConfig(userDataDir)], {
    stdio: ["ignore", "ignore", "inherit"],
    limit: 5 * 60_000,
  });
}

const entry = path.join(program, "out/node/entry.js");

/**
 * @typedef {object} CodeServer
 * @property {string} url
 * @property {number} port
 * @property {number} pid
 * @property {string} log the file with its output
 * @property {Promise<void>} ended settles when it has ended by itself or by `stop`
 * @property {() => Promise<void>} stop ends it; what it was told to keep running goes on
 */

/**
 * Starts code-server on loopback, without a password, and waits until it answers.
 * @param {object} options
 * @param {string} options.userDataDir a short path: sockets lie in it
 * @param {string} options.extensionsDir
 * @param {Record<string, unknown>} [options.settings] user settings, laid down unless there are some already
 * @param {number} [options.port] a free one unless given
 * @param {boolean} [options.trust] ask whether to trust folders, as VS Code does; false trusts all
 * @param {boolean} [options.testDriver] lets a page load an extension from source and run tests in it
 * @param {Record<string, string | undefined>} [options.env] added to the environment; undefined removes a variable
 * @returns {Promise<CodeServer>}
 */
export async function startCodeServer({
  userDataDir,
  extensionsDir,
  settings = {},
  port,
  trust,
  testDriver,
  env = {},
}) {
  await mkdir(extensionsDir, { recursive: true });
  await writeSettings(userDataDir, settings);
  const chosen = port ?? (await freePort());
  const args = [
    ...["--bind-addr", `127.0.0.1:${chosen}`, "--auth", "none", "--config", await emptyConfig(userDataDir)],
    ...["--user-data-dir", userDataDir, "--extensions-dir", extensionsDir],
    ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override", "--ignore-last-opened"],
    ...(trust ? [] : ["--disable-workspace-trust"]),
    ...(testDriver ? ["--vscode-option", "enable-smoke-test-driver"] : []),
  ];
  const log = path.join(userDataDir, "code-server.log");
  const child = start(process.execPath, [entry, ...args], {
    cwd: userDataDir,
    // A terminal of VS Code tells code-server to hand the folder to that window instead of starting.
    env: { ...process.env, VSCODE_IPC_HOOK_CLI: undefined, CODE_SERVER_SESSION_SOCKET: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const file = createWriteStream(log);
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  const ended = event(child, "exit").then(() => {});
  const url = `http://127.0.0.1:${chosen}`;
  await untilHealthy(url, child, log);
  return { url, port: chosen, pid: child.pid, log, ended, stop: () => stop(child) };
}

async function untilHealthy(url, child, log) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`code-server ended at once with exit code ${child.exitCode}; see ${log}.`);
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  killTree(child.pid);
  throw new Error(`code-server did not answer within a minute; see ${log}.`);
}

/** Asks it to end, as Ctrl-C would, and ends what is left of it after a while. */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = event(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => killTree(child.pid), 10_000);
  await ended;
  clearTimeout(late);
}

async function writeSettings(userDataDir, settings) {
  const file = path.join(userDataDir, "User/settings.json");
  await mkdir(path.dirname(file), { recursive: true });
  if (!existsSync(file)) await writeFile(file, JSON.stringify(settings, undefined, 2));
}

/** Without this it reads, and writes, the user's own configuration. */
async function emptyConfig(userDataDir) {
  const file = path.join(userDataDir, "config.yaml");
  await mkdir(userDataDir, { recursive: true });
  await writeFile(file, "{}\n");
  return file;
}

/** A TCP port of the loopback interface that nobody listens on. */
async function freePort() {
  return await listen(0);
}

/** Whether nobody listens on this port of the loopback interface. */
export async function isFree(port) {
  return (await listen(port).catch(() => undefined)) === port;
}

async function listen(port) {
  const server = createServer().listen(port, "127.0.0.1");
  await event(server, "listening");
  const { port: given } = server.address();
  server.close();
  await event(server, "close");
  return given;
}
