import path from "node:path";

/** A path as runs name it: relative to the project root with `/`, or absolute when outside it. */
export function projectPath(root: string, file: string): string {
  // Files are named by the ten thousand, and a path without dots or double separators needs no resolving.
  if (path.sep === "/" && !file.includes("/.") && !file.includes("//") && !file.endsWith("/")) {
    if (file === root) return ".";
    return file.startsWith(root) && (file[root.length] === "/" || root === "/")
      ? withoutSlash(file.slice(root.length))
      : file;
  }
  const relative = path.relative(root, file);
  const isOutside = relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  if (isOutside) return file;
  return relative === "" ? "." : relative.split(path.sep).join("/");
}

const withoutSlash = (rest: string) => (rest.startsWith("/") ? rest.slice(1) : rest);
