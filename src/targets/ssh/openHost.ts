import os from "node:os";
import path from "node:path";
import type { Host } from "../host/contract";
import { createLocalHost } from "../host/local";
import { createSshHost } from "../host/ssh";
import type { SshSettings } from "../host/sshArguments";
import type { TargetContext } from "../registry";

interface HostSettings {
  /** Without it, this machine. */
  host?: string | undefined;
  sshConfig?: string | undefined;
  /** For what we run there ourselves. */
  python?: string | undefined;
}

/** The machine of a target's settings. Throws UserError for a host that is none. */
export function openHost({ host, sshConfig, python }: HostSettings, { root, env }: TargetContext): Host {
  if (host === undefined) return createLocalHost(env);
  return createSshHost({ ...sshSettings(host, sshConfig, root), env, ...(python === undefined ? {} : { python }) });
}

/** `config`: of ssh, relative to the project's root. */
export function sshSettings(host: string, config: string | undefined, root: string): SshSettings {
  if (config === undefined) return { destination: host };
  return { destination: host, config: path.resolve(root, config.replace(/^~(?=\/|$)/, os.homedir())) };
}
