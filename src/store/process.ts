/** Telling a process from a later one that was given the same number. */
import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "./contract";

/** "unknown": the process is of another machine or container, and cannot be seen from here. */
export type ProcessState = "alive" | "dead" | "unknown";

/** Identity of the process `pid`, by default this one. A process that is gone has an empty start token. */
export function processIdentity(pid: number = process.pid): ProcessIdentity {
  return { pid, startToken: startToken(pid) ?? "", host: hostToken() };
}

/** False only when the process is known to be gone. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processState(identity) !== "dead";
}

/** Nobody, or a process that is known to be gone. */
export function isGone(identity: ProcessIdentity | null): boolean {
  return identity === null || !isAlive(identity);
}

/** Whether the process is still there, as far as this machine can tell from its number. */
export function processState(identity: ProcessIdentity): ProcessState {
  if (!isThisMachine(identity.host)) return "unknown";
  const [theirs, ours] = [parseHost(identity.host), parseHost(hostToken())];
  // The machine was started anew since: nothing from before is left.
  if (theirs.boot !== ours.boot) return "dead";
  // Another container on this machine: its process numbers mean nothing here.
  if (theirs.space !== ours.space) return "unknown";
  if (!exists(identity.pid)) return "dead";
  const token = startToken(identity.pid);
  if (token === null) return "dead";
  return !identity.startToken || !token || token === identity.startToken ? "alive" : "dead";
}

/** Whether `host` is this machine, or was before it was started anew. A laptop's name changes with its network. */
export function isThisMachine(host: string): boolean {
  return parseHost(host).machine === parseHost(hostToken()).machine || isThisBoot(host);
}

/** Whether a process of `host` shares this machine's running system, if perhaps in another container. */
export function isThisBoot(host: string): boolean {
  const { boot } = parseHost(host);
  return boot !== "" && boot === parseHost(hostToken()).boot;
}

function parseHost(host: string): { machine: string; boot: string; space: string } {
  const [machine = "", boot = "", space = ""] = host.split("/");
  return { machine, boot, space };
}

let host: string | undefined;

/** "machine/boot/process space"; the latter two are empty where the system does not tell. */
export function hostToken(): string {
  host ??= [hostname().replaceAll("/", "_"), bootId(), processSpace()].join("/");
  return host;
}

function bootId(): string {
  try {
    if (process.platform === "linux") return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    if (process.platform === "darwin") return ask("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]);
  } catch {}
  return "";
}

function processSpace(): string {
  try {
    return process.platform === "linux" ? readlinkSync("/proc/self/ns/pid").replace(/\D/g, "") : "";
  } catch {
    return "";
  }
}

function exists(pid: number): boolean {
  // 0 and negative numbers mean groups of processes to kill().
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Someone else's process is a process too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * When the process was started, in the system's own words; empty where they cannot be had (Windows has no quick way without
 * a native module: there a process number alone decides); null when there is no such process, or only its remains.
 */
function startToken(pid: number): string | null {
  if (process.platform === "linux") return linuxStartToken(pid);
  if (process.platform === "win32") return exists(pid) ? "" : null;
  try {
    const [state = "", ...start] = ask("/bin/ps", ["-o", "stat=,lstart=", "-p", String(pid)]).split(/\s+/);
    return state.startsWith("Z") ? null : start.join(" ");
  } catch {
    return null;
  }
}

function linuxStartToken(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A /proc mounted with hidepid hides the processes of others, not ours.
    return code === "ENOENT" || code === "ESRCH" ? null : "";
  }
  // Field 2, the name, is in brackets and may contain anything; field 3 is the state, field 22 the start in clock ticks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? null : fields[19]!;
}

function ask(program: string, args: string[]): string {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  return execFileSync(program, args, {
    encoding: "utf8",
    timeout: 5_000,
    env,
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}
