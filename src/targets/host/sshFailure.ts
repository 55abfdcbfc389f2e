import { HostRefused, HostUnreachable } from "./contract";

interface Host {
  /** For messages. */
  name: string;
  /** As ssh is given it. */
  destination: string;
}

/** What ssh says, and what that means. The first that fits holds. */
const REASONS: readonly [pattern: RegExp, stays: boolean, explain: (host: Host) => string][] = [
  [
    /HOST IDENTIFICATION HAS CHANGED|host key .*has changed/i,
    true,
    ({ name, destination }) =>
      `The host key of ${name} is not the one that is known: the machine was set up anew, or somebody is in between. When its administrator confirms the new key, remove the old one (ssh-keygen -R) and connect once in a terminal: ssh ${destination}`,
  ],
  [
    /host key is known for|authenticity of host|Host key verification failed/i,
    true,
    ({ name, destination }) =>
      `The host key of ${name} is not known yet. Connect once in a terminal and check it: ssh ${destination}`,
  ],
  [
    /Permission denied \(|Too many authentication failures|no mutual signature|No supported authentication methods/i,
    true,
    ({ name, destination }) =>
      `${name} accepts none of your keys, and no password is ever asked for. Add a key to the agent (ssh-add), or to ~/.ssh/config. To try: ssh -o BatchMode=yes ${destination} true`,
  ],
  [
    /Bad configuration option|Bad owner or permissions|terminating, \d+ bad configuration|Can't open user config file/i,
    true,
    () => "ssh does not accept its configuration.",
  ],
  [
    /no matching (?:host key type|key exchange method|cipher|MAC)|Unable to negotiate/i,
    true,
    ({ name }) => `ssh and ${name} have no common algorithm.`,
  ],
  [
    /Could not resolve hostname|Name or service not known|Temporary failure in name resolution/i,
    false,
    ({ name, destination }) =>
      `The name of ${name} (${destination}) is not known: check it, ~/.ssh/config and the network.`,
  ],
  [
    /Connection (?:timed out|refused|reset|closed)|timed out|No route to host|Network is unreachable|Broken pipe|closed by|not responding/i,
    false,
    ({ name }) => `${name} cannot be reached: the machine or the network is down, or ssh is not running there.`,
  ],
];

/** The error for a connection that did not come about or broke; `said` is what ssh wrote. */
export function explainSsh(host: Host, said: string): HostUnreachable {
  const [, stays, explain] = REASONS.find(([pattern]) => pattern.test(said)) ?? [];
  const reason = explain?.(host) ?? `The connection to ${host.name} broke.`;
  const lines = said.split(/\r?\n/).map((line) => line.trim());
  const last = lines.filter((line) => line !== "" && !/^@+$/.test(line)).slice(-2);
  const message = last.length === 0 ? reason : `${reason} (${last.join(" ")})`;
  return stays ? new HostRefused(message) : new HostUnreachable(message);
}
