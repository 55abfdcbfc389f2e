/** A machine behind the system's `ssh`, so that the user's configuration, agent and jump hosts work as in a terminal. */
import { randomBytes } from "node:crypto";
import { UserError } from "../../domain/errors";
import { afterMark } from "./afterMark";
import { runChild } from "./child";
import { type ExecOptions, type Host, HostRefused, type HostResult } from "./contract";
import { type Marks, marksOf, remoteCommand } from "./remoteCommand";
import { canRsync, rsyncPull, rsyncPush } from "./rsync";
import { type SshSettings, sharedConnection, sshArguments, sshEnvironment } from "./sshArguments";
import { explainSsh } from "./sshFailure";
import { pullByDifference, pushByDifference } from "./transfer";

export interface SshHostOptions extends SshSettings {
  /** For messages; default: the destination. */
  name?: string;
  /** A Python 3.8 or newer there; default `python3`. */
  python?: string;
  env?: NodeJS.ProcessEnv;
}

/** Throws UserError for a destination that ssh would not read as one. */
export function createSshHost(options: SshHostOptions): Host {
  const { destination, name = destination, python = "python3" } = options;
  // Else ssh would take it as an option, and rsync as a folder or a protocol of its own.
  if (!/^[^\s/-][^\s/]*$/.test(destination)) {
    throw new UserError(
      `"${destination}" is no host for ssh. Write it as for \`ssh HOST\`: an alias, a name or user@name.`,
    );
  }
  const env = sshEnvironment(options.env);
  const connection = { name, destination };
  let args: Promise<string[]> | undefined;
  const ssh = () => (args ??= sharedConnection(options, env).then((shared) => sshArguments(options, shared)));
  /** Whether login scripts print, so that programs that speak over ssh by themselves get confused. */
  let prints = false;

  async function exec(argv: readonly string[], execOptions: ExecOptions): Promise<HostResult> {
    const marks = marksOf(randomBytes(12).toString("hex"));
    const collected: Buffer[] = [];
    const deliver = execOptions.onOutput ?? ((chunk: Buffer) => collected.push(chunk));
    const output = afterMark(marks.begin, deliver);
    const { exitCode, stderr, startError } = await runChild(
      ["ssh", ...(await ssh()), "-T", "--", destination, remoteCommand(argv, marks)],
      { ...execOptions, env, detached: true, onOutput: output.write },
    );
    if (startError) throw new HostRefused(`ssh cannot be started (${startError}). Install OpenSSH's client.`);
    prints ||= output.skipped() > 0;
    const ended = endOf(stderr, marks);
    if (ended) return { ...ended, stdout: Buffer.concat(collected) };
    if (exitCode !== null && exitCode !== 255 && !output.found()) {
      throw new HostRefused(`${name} has no POSIX shell for you: ${stderr.trim().split("\n").slice(-2).join(" ")}`);
    }
    throw explainSsh(connection, (await saidOnTheWay(stderr, execOptions.signal)) ?? stderr);
  }

  /** What a jump host has against us is not heard through a connection that is to be shared: it is asked for once more, without. */
  async function saidOnTheWay(stderr: string, signal: AbortSignal): Promise<string | undefined> {
    if (!/kex_exchange_identification|UNKNOWN port/i.test(stderr)) return undefined;
    const alone = sshArguments(options, ["ControlPath=none"]);
    const again = await runChild(["ssh", ...alone, "-T", "--", destination, "exit"], { env, detached: true, signal });
    return again.exitCode === 255 ? again.stderr : undefined;
  }

  const host: Host = {
    name,
    exec,
    async push(local, remote, pushOptions) {
      const way = await canRsync(host, remote, pushOptions.signal);
      if (way && !prints) await rsyncPush(await rsyncTarget(), way, local, remote, pushOptions);
      else await pushByDifference(host, python, local, remote, pushOptions);
    },
    async pull(remote, local, files, { signal }) {
      const way = await canRsync(host, undefined, signal);
      if (way && !prints) await rsyncPull(await rsyncTarget(), way, remote, local, files, signal);
      else await pullByDifference(host, python, remote, local, files, signal);
    },
  };
  return host;

  async function rsyncTarget() {
    return { ...connection, ssh: ["ssh", ...(await ssh())], env };
  }
}

/** Undefined when the program did not come to its end as far as is known. */
function endOf(stderr: string, { begin, end }: Marks): Pick<HostResult, "exitCode" | "stderr"> | undefined {
  const at = stderr.lastIndexOf(end);
  const code = /^(\d+)>/.exec(stderr.slice(at + end.length))?.[1];
  if (at < 0 || code === undefined) return undefined;
  const start = stderr.indexOf(begin);
  return { exitCode: Number(code), stderr: stderr.slice(start < 0 ? 0 : start + begin.length, at) };
}
