/** The remote that code goes to and comes from, and which snapshots it has. */
import { UserError } from "../domain/errors";
import { findRepository, type Repository } from "../snapshot/code/repository";
import { snapshotRef } from "../snapshot/code/treeBuilder";
import { GitError } from "../snapshot/git";
import { explainRemote, type RemoteOptions, userGit } from "./userGit";

export interface CodeRemote {
  repository: Repository;
  /** Its name, or a URL or path as the user gave it. */
  remote: string;
  /** Settings under which only what is asked for happens, as arguments of git. */
  settings: string[];
}

/** `name`: absent for the remote that the branch pushes to. Throws UserError when there is no repository or no remote. */
export async function findRemote(root: string, name: string | undefined): Promise<CodeRemote> {
  const repository = await projectRepository(root);
  const names = (await userGit(["remote"], repository.top)).split("\n").filter(Boolean);
  const remote = name ?? (await defaultRemote(repository, names));
  if (remote === undefined) {
    const advice =
      names.length === 0
        ? "It has no remote. Add one: git remote add origin URL"
        : `It has several remotes (${names.join(", ")}). Say which one.`;
    throw new UserError(`It is not clear where the code of ${repository.top} goes. ${advice}`);
  }
  if (remote.startsWith("-")) throw new UserError(`"${remote}" is not the name of a remote.`);
  // A mirror takes no single refs; a new git would also note which branch the remote has checked out.
  const own = [`remote.${remote}.mirror=false`, `remote.${remote}.followRemoteHEAD=never`];
  return { repository, remote, settings: names.includes(remote) ? own.flatMap((setting) => ["-c", setting]) : [] };
}

async function projectRepository(root: string): Promise<Repository> {
  try {
    return await findRepository({ cwd: root });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.startError) throw explainRemote(error, "Sharing code", "");
    const why = /dubious ownership/.test(error.stderr)
      ? "is in a repository that git does not trust, because another user owns it"
      : "is in no git repository";
    throw new UserError(
      `${root} ${why}, so there is nothing to push to or fetch from. Share its runs as a file: modeltrail export`,
      { cause: error },
    );
  }
}

/** As `git push` chooses it, and else the only one, or `origin`. */
async function defaultRemote({ config, top }: Repository, names: readonly string[]): Promise<string | undefined> {
  const branch = (await userGit(["symbolic-ref", "--short", "-q", "HEAD"], top).catch(() => "")).trim();
  const configured = [`branch.${branch}.pushremote`, "remote.pushdefault", `branch.${branch}.remote`];
  const found = configured.map((key) => config.get(key)).find((name) => name !== undefined && names.includes(name));
  return found ?? (names.length === 1 ? names[0] : names.find((name) => name === "origin"));
}

/** Commits of the snapshots that the remote has. Refs that do not say what they are are left out. */
export async function listRemote({ repository, remote }: CodeRemote, options: RemoteOptions): Promise<Set<string>> {
  const args = ["ls-remote", "--refs", "--quiet", "--", remote, snapshotRef("*")];
  let output: string;
  try {
    output = await userGit(args, repository.top, { ...options, onMessage: undefined });
  } catch (error) {
    throw explainRemote(error, `Asking ${remote} for its snapshots`, remote);
  }
  const lines = output.split("\n").map((line) => line.split("\t"));
  return new Set(lines.flatMap(([commit, ref]) => (commit && ref === snapshotRef(commit) ? [commit] : [])));
}

/** Characters in one command line: Windows takes 32,767 in all. */
const LINE_LIMIT = process.platform === "win32" ? 20_000 : 100_000;

/** Arguments in portions that a command line can take. */
export function* portions(texts: Iterable<string>): Generator<string[]> {
  let portion: string[] = [];
  let length = 0;
  for (const text of texts) {
    if (length + text.length > LINE_LIMIT && portion.length > 0) {
      yield portion;
      [portion, length] = [[], 0];
    }
    portion.push(text);
    length += text.length + 1;
  }
  if (portion.length > 0) yield portion;
}
