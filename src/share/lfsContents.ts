/** Files of Git LFS: git has a pointer only, the content is in the store or where LFS keeps it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { POINTER_BYTES, parsePointer } from "../snapshot/code/lfsPointer";
import { git } from "../snapshot/git";
import { hasObject, objectPath } from "../store/objects";
import { type CodeSource, listObjects } from "./exportCode";
import { readGit } from "./gitStream";

/** A pointer has a line of 43 bytes, one of 76, one with the size, and perhaps others. */
const SHORTEST = 43 + 76 + 7;

/** By SHA-256, the files that have contents to which these commits point, as far as they are on this machine. */
export async function lfsContents(
  source: Pick<CodeSource, "gitDir" | "commits">,
  storeFolder: string,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  const objects = await listObjects(source.gitDir, source.commits, signal);
  for await (const content of shortBlobs(source.gitDir, objects, signal)) {
    const pointer = parsePointer(content);
    if (!pointer) continue;
    const { sha256 } = pointer;
    const theirs = path.join(source.gitDir, "lfs", "objects", sha256.slice(0, 2), sha256.slice(2, 4), sha256);
    if (hasObject(storeFolder, sha256)) contents.set(sha256, objectPath(storeFolder, sha256));
    else if (existsSync(theirs)) contents.set(sha256, theirs);
  }
  return contents;
}

async function* shortBlobs(gitDir: string, objects: readonly string[], signal?: AbortSignal): AsyncGenerator<Buffer> {
  const at = { cwd: gitDir, env: { GIT_DIR: gitDir, GIT_NO_REPLACE_OBJECTS: "1" }, signal };
  const input = objects.map((object) => `${object}\n`).join("");
  const format = "--batch-check=%(objecttype) %(objectsize) %(objectname)";
  const { stdout } = await git(["cat-file", format], { ...at, input });
  const short = stdout
    .toString("latin1")
    .split("\n")
    .flatMap((line) => {
      const [type, size, object] = line.split(" ");
      return type === "blob" && Number(size) >= SHORTEST && Number(size) < POINTER_BYTES ? [`${object}\n`] : [];
    });
  if (short.length === 0) return;
  // "<id> blob <size>", the content, and a line end each.
  let rest = Buffer.alloc(0);
  for await (const chunk of readGit(["cat-file", "--batch"], { ...at, input: short.join("") })) {
    rest = Buffer.concat([rest, chunk]);
    for (let header = rest.indexOf(0x0a); header >= 0; header = rest.indexOf(0x0a)) {
      const size = Number(rest.toString("latin1", 0, header).split(" ")[2]);
      const end = header + 1 + size;
      if (rest.length < end + 1) break;
      yield rest.subarray(header + 1, end);
      rest = rest.subarray(end + 1);
    }
  }
}
