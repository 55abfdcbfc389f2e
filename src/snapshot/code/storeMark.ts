/**
 * Which stores have snapshots in a repository: several may (one for each of its work trees, or of its folders), and none is
 * to remove what another needs. Each leaves a ref `refs/modeltrail/stores/<name>` to a blob that says where it is. A store has
 * an id, so that it is known again when its project was moved: then it leaves a second one.
 */
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as z from "zod/mini";
import { git } from "../git";
import type { GitContext } from "./repository";

const Mark = z.object({ id: z.string(), folder: z.string() });
export type StoreMark = z.infer<typeof Mark>;

const MARKS = "refs/modeltrail/stores";

/** Says that the store has, or will have, snapshots in this git directory. Throws GitError and what the file system says. */
export async function markStore(context: GitContext, gitDir: string, storeFolder: string): Promise<void> {
  const mark: StoreMark = { id: storeId(storeFolder), folder: path.resolve(storeFolder) };
  const content = JSON.stringify(mark);
  const ref = `${MARKS}/${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
  // The usual case, without starting git. In a reftable, it is just written again.
  if (fs.existsSync(path.join(gitDir, ref)) || isPacked(gitDir, ref)) return;
  const { stdout } = await git(["hash-object", "-w", "--stdin"], { ...context, input: content });
  await git(["update-ref", ref, stdout.toString().trim()], context);
}

/** After a `git gc` of the user's. */
function isPacked(gitDir: string, ref: string): boolean {
  try {
    return fs.readFileSync(path.join(gitDir, "packed-refs")).includes(` ${ref}\n`);
  } catch {
    return false;
  }
}

/** What the stores have said that have snapshots in this git directory. */
export async function readMarks(gitDir: string): Promise<StoreMark[]> {
  const context = { cwd: gitDir, env: { GIT_DIR: gitDir } };
  const refs = await git(["for-each-ref", "--format=%(objectname)", MARKS], context);
  const input = refs.stdout;
  if (input.length === 0) return [];
  const { stdout } = await git(["cat-file", "--batch"], { ...context, input });
  // Each content is one line of JSON, between others.
  const lines = stdout.toString().split("\n");
  return lines.filter((line) => line.startsWith("{")).flatMap((line) => Mark.safeParse(JSON.parse(line)).data ?? []);
}

/** What stays the same when the store is moved. Made now when there is none. */
export function storeId(storeFolder: string): string {
  const file = path.join(storeFolder, "id");
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  fs.mkdirSync(storeFolder, { recursive: true });
  const temporary = `${file}.${randomBytes(4).toString("hex")}`;
  fs.writeFileSync(temporary, randomBytes(16).toString("hex"));
  try {
    fs.linkSync(temporary, file);
  } catch {
    // Another recorder was quicker, or the disk has no links.
    if (!fs.existsSync(file)) fs.copyFileSync(temporary, file);
  }
  fs.rmSync(temporary);
  return fs.readFileSync(file, "utf8");
}
