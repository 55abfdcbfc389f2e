/** Files to and from a machine by rsync over our ssh, where both sides have it: it sends parts of files and goes on where it broke. */
import { UserError } from "../../domain/errors";
import { fsPath } from "../../ingest/spoolPath";
import { type ChildResult, runChild } from "./child";
import type { Host, PushOptions } from "./contract";
import { cannotWrite } from "./full";
import { checked, notBehindLinks } from "./localFolder";
import { explainSsh } from "./sshFailure";

export interface RsyncTarget {
  /** For messages. */
  name: string;
  destination: string;
  /** ssh with all before the destination. */
  ssh: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** What is known of the other side. */
export interface RemoteSide {
  home: string;
}

const VERSION = /^rsync +version v?3\./;
/** macOS's own "openrsync" calls itself otherwise and lacks options. */
let here: Promise<boolean> | undefined;

/** Makes `folder`, when it is given, and tells whether both sides have an rsync that fits; null when not. */
export async function canRsync(
  host: Host,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<RemoteSide | null> {
  here ??= runChild(["rsync", "--version"], { signal }).then(({ stdout }) => VERSION.test(stdout.toString("utf8")));
  if (process.platform === "win32" || !(await here.catch(() => false))) {
    here = undefined;
    return null;
  }
  const asked = await host.exec(["sh", "-c", PROBE, "sh", folder ?? ""], { signal });
  if (asked.exitCode !== 0) {
    throw cannotWrite(host.name, folder ?? "", asked.stderr) ?? new UserError(`${host.name}: ${asked.stderr.trim()}`);
  }
  const [version = "", home = ""] = asked.stdout.toString("utf8").split("\n");
  return VERSION.test(version) && home.startsWith("/") ? { home } : null;
}

const PROBE = `
case $1 in
"~/"*) folder=$HOME/\${1#??} ;;
"~") folder=$HOME ;;
*) folder=$1 ;;
esac
if [ -n "$folder" ]; then mkdir -p -- "$folder" || exit 1; fi
rsync --version 2>/dev/null </dev/null | head -n 1 | grep . || echo none
printf '%s\\n' "$HOME"
`;

export async function rsyncPush(
  target: RsyncTarget,
  side: RemoteSide,
  local: string,
  remote: string,
  options: PushOptions,
): Promise<void> {
  const { files, basis, signal, onProgress } = options;
  const args = [
    ...["--partial-dir=.modeltrail-partial", "--info=progress2", "--no-human-readable"],
    ...(basis === undefined ? [] : [`--copy-dest=${absolute(side, basis)}`]),
    ...(files ? FROM_LIST : ["--recursive"]),
    ...["--", withSlash(local), `${address(target)}:${withSlash(absolute(side, remote))}`],
  ];
  const onOutput = (chunk: Buffer) => {
    const bytes = /(?:^|\r)\s*(\d+)\s+\d+%[^\r]*$/.exec(chunk.toString("latin1"))?.[1];
    if (bytes !== undefined) onProgress?.(Number(bytes));
  };
  const result = await rsync(target, args, { files, signal, onOutput });
  if (result.exitCode !== 0) throw explainRsync(target, remote, result);
}

export async function rsyncPull(
  target: RsyncTarget,
  side: RemoteSide,
  remote: string,
  local: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const wanted = await notBehindLinks(local, files);
  const from = `${address(target)}:${withSlash(absolute(side, remote))}`;
  const args = [...FROM_LIST, "--", from, withSlash(local)];
  const result = await rsync(target, args, { files: wanted, signal });
  // 24: files went away meanwhile.
  if (result.exitCode !== 0 && result.exitCode !== 24) throw explainRsync(target, local, result);
}

const SHARED = ["--links", "--perms", "--times", "--omit-dir-times", "--omit-link-times", "--secluded-args"];
const FROM_LIST = ["--files-from=-", "--from0", "--no-implied-dirs", "--ignore-missing-args"];

function rsync(
  target: RsyncTarget,
  args: readonly string[],
  options: { files?: readonly string[] | undefined; signal: AbortSignal; onOutput?(chunk: Buffer): void },
): Promise<ChildResult> {
  const { files, signal, onOutput = () => {} } = options;
  const list = files?.flatMap((file) => [Buffer.from(fsPath(checked(file))), Buffer.of(0)]);
  return runChild(["rsync", ...SHARED, "-e", target.ssh.map(quoted).join(" "), ...args], {
    env: { ...target.env, LC_ALL: "C" },
    detached: true,
    signal,
    onOutput,
    ...(list ? { input: Buffer.concat(list) } : {}),
  });
}

/** As rsync takes its `-e` apart: quotes are doubled within themselves. */
const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`);

const address = ({ destination }: RsyncTarget) => {
  const [, user = "", machine = ""] = /^(.*@)?(.*)$/.exec(destination)!;
  return machine.includes(":") ? `${user}[${machine}]` : destination;
};

const withSlash = (folder: string) => (folder.endsWith("/") ? folder : `${folder}/`);

const absolute = ({ home }: RemoteSide, folder: string) =>
  /^~(?=\/|$)/.test(folder) ? home + folder.slice(1) : folder;

/** Broken protocol, time out, ssh's own code, and what rsync makes of a connection that ended. */
const CONNECTION_CODES = [10, 12, 30, 35, 255];

function explainRsync(target: RsyncTarget, folder: string, { exitCode, stderr, startError }: ChildResult): Error {
  const full = cannotWrite(target.name, folder, stderr);
  if (full) return full;
  if (exitCode === null || CONNECTION_CODES.includes(exitCode)) return explainSsh(target, stderr);
  const said = stderr.trim().split("\n").slice(-2).join(" ");
  return new UserError(`Files could not be copied between here and ${target.name}: ${startError ?? said}`);
}
