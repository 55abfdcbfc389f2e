/** What is asked of git about commits and repositories when code moves. */
import path from "node:path";
import { git } from "../snapshot/git";

const at = (gitDir: string, signal?: AbortSignal) => ({
  cwd: gitDir,
  env: { GIT_DIR: gitDir, GIT_NO_REPLACE_OBJECTS: "1" },
  signal,
});

/** Of these objects, those that the repository does not have. */
export async function missingObjects(
  gitDir: string,
  objects: Iterable<string>,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const input = [...objects].map((object) => `${object}\n`).join("");
  const { stdout } = await git(["cat-file", "--batch-check=%(objectname)"], { ...at(gitDir, signal), input });
  const lines = stdout.toString("latin1").split("\n");
  return new Set(lines.filter((line) => line.endsWith(" missing")).map((line) => line.slice(0, -" missing".length)));
}

/** The parents that the commits name, whether they are there or not. */
export async function readParents(
  gitDir: string,
  commits: Iterable<string>,
  signal?: AbortSignal,
): Promise<Map<string, string[]>> {
  const input = [...commits].map((commit) => `${commit}\n`).join("");
  const { stdout } = await git(["cat-file", "--batch"], { ...at(gitDir, signal), input });
  const parents = new Map<string, string[]>();
  for (let from = 0; from < stdout.length; ) {
    // "<id> commit <size>", then so many bytes and a line end.
    const end = stdout.indexOf(0x0a, from);
    const [id, , size] = stdout.toString("latin1", from, end).split(" ");
    const content = stdout.toString("latin1", end + 1, end + 1 + Number(size));
    const header = content.slice(0, content.indexOf("\n\n"));
    const lines = header.split("\n").filter((line) => line.startsWith("parent "));
    parents.set(
      id!,
      lines.map((line) => line.slice("parent ".length)),
    );
    from = end + 1 + Number(size) + 1;
  }
  return parents;
}

/** A path in the commit that leads out of it or into git's own files; null when there is none. */
export async function unsafeName(gitDir: string, commit: string, signal?: AbortSignal): Promise<string | null> {
  const args = ["ls-tree", "-r", "-t", "-z", "--full-tree", "--name-only", commit];
  const { stdout } = await git(args, at(gitDir, signal));
  const names = stdout.toString("utf8").split("\0");
  return names.slice(0, -1).find((name) => name.split("/").some(isUnsafe)) ?? null;
}

const isUnsafe = (part: string) => /^(?:|\.|\.\.|\.git)$/i.test(part);

export async function repositoryFormat(gitDir: string): Promise<"sha1" | "sha256"> {
  const { stdout } = await git(["rev-parse", "--show-object-format"], at(gitDir));
  return stdout.toString().trim() === "sha256" ? "sha256" : "sha1";
}

/** Where objects and refs are, of a git directory that may be one work tree's. */
export async function commonDirOf(gitDir: string): Promise<string> {
  const { stdout } = await git(["rev-parse", "--git-common-dir"], at(gitDir));
  return path.resolve(gitDir, stdout.toString().replace(/\r?\n$/, ""));
}
