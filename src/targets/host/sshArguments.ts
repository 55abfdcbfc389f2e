/** How ssh is called: with the user's own configuration, but never so that it asks, forwards or waits without end. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

export interface SshSettings {
  /** As in `ssh DESTINATION`: an alias of the user's configuration, a name, or user@name. */
  destination: string;
  /** A configuration file instead of the user's. */
  config?: string;
}

/** After KEEP_ALIVE_S * KEEP_ALIVE_COUNT seconds without an answer a connection is taken as broken. */
const KEEP_ALIVE_S = 5;
const KEEP_ALIVE_COUNT = 3;
const CONNECT_S = 10;
/** How long the shared connection stays open when nobody uses it. */
const PERSIST_S = 60;

const OPTIONS = {
  BatchMode: "yes",
  StrictHostKeyChecking: "yes",
  ConnectTimeout: String(CONNECT_S),
  ServerAliveInterval: String(KEEP_ALIVE_S),
  ServerAliveCountMax: String(KEEP_ALIVE_COUNT),
  LogLevel: "ERROR",
  // What a configuration may set for people at a terminal.
  RequestTTY: "no",
  RemoteCommand: "none",
  PermitLocalCommand: "no",
  ClearAllForwardings: "yes",
  ForwardAgent: "no",
  ForwardX11: "no",
};

/** Nobody is asked for a password, in whatever window. */
export function sshEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, SSH_ASKPASS_REQUIRE: "never", SSH_ASKPASS: "", DISPLAY: undefined };
}

/** All before the destination. `shared`: of {@link sharedConnection}. */
export function sshArguments(settings: SshSettings, shared: readonly string[]): string[] {
  const options = Object.entries(OPTIONS).map(([name, value]) => `${name}=${value}`);
  const config = settings.config === undefined ? [] : ["-F", settings.config];
  return [...config, ...[...options, ...shared].flatMap((option) => ["-o", option])];
}

/**
 * Options by which several calls share one connection, so that only the first one takes time. None where that is not
 * possible, and where the user has arranged it: perhaps theirs is a connection that was opened with a second factor.
 */
export async function sharedConnection(settings: SshSettings, env: NodeJS.ProcessEnv): Promise<string[]> {
  if (process.platform === "win32") return [];
  const folder = socketFolder(env);
  if (folder === null || (await hasOwn(settings, env))) return [];
  const suffix =
    settings.config === undefined ? "" : createHash("sha256").update(settings.config).digest("hex").slice(0, 8);
  return [`ControlPath=${path.join(folder, `%C${suffix}`)}`, "ControlMaster=auto", `ControlPersist=${PERSIST_S}`];
}

/** What `%C` becomes, what we and ssh add to it, and what a socket's path may have on all systems. */
const [HASH_LENGTH, ADDED_LENGTH, MAX_SOCKET] = [40, 8 + 18, 103];

/** A folder that only this user can enter; null when there is none. */
function socketFolder(env: NodeJS.ProcessEnv): string | null {
  const uid = process.getuid!();
  for (const base of [env.XDG_RUNTIME_DIR, "/tmp"]) {
    if (!base) continue;
    const folder = path.join(base, `modeltrail-ssh-${uid}`);
    if (folder.length + 1 + HASH_LENGTH + ADDED_LENGTH > MAX_SOCKET || /[\s"'%]/.test(folder)) continue;
    try {
      mkdirSync(folder, { mode: 0o700, recursive: true });
      const stats = lstatSync(folder);
      if (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0) return folder;
    } catch {
      // Not writable: the next.
    }
  }
  return null;
}

async function hasOwn(settings: SshSettings, env: NodeJS.ProcessEnv): Promise<boolean> {
  const own = await sshOption(settings, "controlpath", env);
  return own !== undefined && own !== "none";
}

/** What an option, in lower case, comes to by the user's configuration; undefined when ssh does not say. Nothing is connected. */
export async function sshOption(
  settings: SshSettings,
  option: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const config = settings.config === undefined ? [] : ["-F", settings.config];
  const asked = await promisify(execFile)("ssh", ["-G", ...config, "--", settings.destination], {
    env,
    timeout: CONNECT_S * 1000,
  }).catch(() => undefined);
  const lines = (asked?.stdout ?? "").split(/\r?\n/);
  return lines.find((line) => line.startsWith(`${option} `))?.slice(option.length + 1);
}
