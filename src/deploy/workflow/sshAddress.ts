/** Where ssh gets to by the user's own configuration, for runners that do not have it. */
import path from "node:path";
import { UserError } from "../../domain/errors";
import { runChild } from "../../targets/host/child";
import { sshEnvironment } from "../../targets/host/sshArguments";

/** All that a runner has to know, besides a key. */
export interface SshAddress {
  host: string;
  port: string;
  user: string;
  /** Hosts on the way, as for ProxyJump; null: none. */
  jump: string | null;
}

/** What stands in a file of ssh's settings, and in a workflow: nothing that either could take for something else. */
const PLAIN = /^[\w.:@,%[\]-]+$/;

/** Nobody is connected to. Throws UserError when ssh does not know, or goes by a command. */
export async function sshAddress(
  { host, sshConfig }: { host: string; sshConfig?: string | undefined },
  root: string,
  signal: AbortSignal,
): Promise<SshAddress> {
  const config = sshConfig === undefined ? [] : ["-F", path.resolve(root, sshConfig)];
  const { exitCode, stdout, stderr, startError } = await runChild(["ssh", ...config, "-G", "--", host], {
    signal,
    env: sshEnvironment(),
  });
  if (startError) throw new UserError(`ssh could not be started (${startError}), which knows where ${host} is.`);
  if (exitCode !== 0) throw new UserError(`ssh does not know ${host}: ${stderr.trim()}`);
  const said = new Map(
    stdout
      .toString()
      .split(/\r?\n/)
      .map((line) => /^(\S+) (.*)$/.exec(line)?.slice(1) as [string, string])
      .filter(Boolean),
  );
  if (said.has("proxycommand")) {
    throw new UserError(
      `${host} is reached by a ProxyCommand, which a runner on GitHub does not have. Name one in the target that it can reach.`,
    );
  }
  const address = {
    host: said.get("hostname") ?? "",
    port: said.get("port") ?? "22",
    user: said.get("user") ?? "",
    jump: said.get("proxyjump") ?? null,
  };
  for (const [name, value] of Object.entries(address)) {
    if (value !== null && !PLAIN.test(value)) throw new UserError(`ssh names "${value}" as the ${name} of ${host}.`);
  }
  return address;
}
