import path from "node:path";

/** A path as runs name it: relative to the project root with `/`, or absolute when outside it. */
export function projectPath(root: string, file: string): string {
  const relative = path.relative(root, file);
  const isOutside = relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  if (isOutside) return file;
  return relative === "" ? "." : relative.split(path.sep).join("/");
}
