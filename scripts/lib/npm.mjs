import { spawn } from "node:child_process";
import { once as event } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { paths } from "./paths.mjs";
import { run, runOrThrow } from "./processes.mjs";
import { fingerprint, once } from "./stamp.mjs";

const ownNode = path.join(paths.modules, "node/bin", process.platform === "win32" ? "node.exe" : "node");

/**
 * Call this first: installs the packages when they are missing or not those of the lock file, then runs the calling script
 * again on the Node that is one of them, as the tools need a newer Node than a machine may have.
 * Returns only in that second run. From then on an error that ends the script shows as its message alone.
 */
export async function underOwnNode() {
  process.on("uncaughtException", (error) => {
    console.error(process.env.MODELTRAIL_DEBUG ? error : error.message);
    process.exit(1);
  });
  await installPackages();
  if (!existsSync(ownNode))
    throw new Error("The npm package `node` could not install Node 24: run `npm rebuild node`.");
  if (process.execPath === realpathSync(ownNode)) return;
  const child = spawn(ownNode, process.argv.slice(1), {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: [path.join(paths.modules, ".bin"), process.env.PATH].join(path.delimiter),
    },
  });
  // Ctrl-C reaches both, and the second one decides when it is done; what reaches only this one is passed on.
  const passOn = { SIGINT: () => {}, SIGTERM: () => child.kill("SIGTERM"), SIGHUP: () => child.kill("SIGHUP") };
  for (const [signal, act] of Object.entries(passOn)) process.removeAllListeners(signal).on(signal, act);
  const [code] = await event(child, "exit");
  process.exit(code ?? 1);
}

/** Makes node_modules match package-lock.json. */
export async function installPackages() {
  const key = await fingerprint([path.join(paths.root, "package-lock.json")]);
  await once(path.join(paths.modules, ".modeltrail-stamp"), key, async () => {
    console.log("Installing the npm packages …");
    await npm(["ci"], paths.root);
  });
}

/** Runs npm in a folder, twice when it must, as registries do fail at times. Throws when it failed both times. */
export async function npm(args, folder) {
  // npm tells its scripts about the project it runs in; an npm started from there must not take that for its own.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
  );
  const [command, ...first] = npmCommand();
  const all = [...first, ...args, "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: folder, env, limit: 15 * 60_000 };
  if ((await run(command, all, options)) !== 0) await runOrThrow(command, all, options);
}

/** npm's script run by this Node where it can be found, as Windows cannot start `npm` without a shell. */
function npmCommand() {
  const beside = path.join(path.dirname(process.execPath), "node_modules/npm/bin/npm-cli.js");
  const cli = [process.env.npm_execpath, beside].find((file) => file?.endsWith(".js") && existsSync(file));
  return cli ? [process.execPath, cli] : ["npm"];
}
