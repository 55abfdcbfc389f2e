/** Scripts and notebooks: files that are themselves what is started. */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type EntryPoint, PYTHON } from "./contract";

const MAIN = /^if\s+(?:__name__\s*==\s*(["'])__main__\1|(["'])__main__\2\s*==\s*__name__)/m;
/** A longer one is no script that somebody wrote. Bytes. */
const LONGEST = 2_000_000;
/** Started by tools of their own, whatever they hold. */
const TOOLS = /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile|__main__)\.py$/i;

/** Null for a Python file without a main block. */
export async function fileEntryPoint(root: string, file: string): Promise<EntryPoint | null> {
  if (/\.ipynb$/i.test(file)) {
    const cwd = path.posix.dirname(file);
    const [name, folder] = [path.posix.basename(file), cwd === "." ? "" : cwd];
    return { kind: "notebook", name: file, file, cwd: folder, command: [name] };
  }
  if (TOOLS.test(file) || !(await hasMainBlock(path.join(root, file)))) return null;
  // A file whose name begins with a dash would be taken for an option of Python.
  return {
    kind: "script",
    name: file,
    file,
    cwd: "",
    command: [PYTHON, file.startsWith("-") ? `./${file}` : file],
  };
}

async function hasMainBlock(file: string): Promise<boolean> {
  try {
    const { size } = await stat(file);
    return size <= LONGEST && MAIN.test(await readFile(file, "utf8"));
  } catch {
    return false;
  }
}
