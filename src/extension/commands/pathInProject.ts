import path from "node:path";

/** A file's path as runs name it: relative to the project with `/`, absolute outside of it. */
export function pathInProject(root: string, file: string): string {
  const relative = path.relative(root, file);
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.replaceAll(path.sep, "/");
}
