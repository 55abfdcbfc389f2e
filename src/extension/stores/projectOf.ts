/** Which of the projects a file is in. */
import path from "node:path";

/** The one with the deepest root above `file`; undefined when it is in none. */
export function projectOf<P extends { root: string }>(projects: readonly P[], file: string): P | undefined {
  const around = projects.filter(({ root }) => {
    const relative = path.relative(root, file);
    return relative !== "" && relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  });
  return around.toSorted((a, b) => b.root.length - a.root.length)[0];
}
