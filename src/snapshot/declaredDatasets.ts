/** The datasets that a project's modeltrail.yaml declares. */
import type { ProjectFile } from "../domain/projectFile";
import { PROJECT_FILE_NAME } from "../domain/projectFileName";
import type { Gap } from "../domain/run";
import type { DatasetListing, DatasetSource } from "./datasets";
import { type FilePatterns, filePatterns } from "./filePatterns";

/** The dataset that a project file's `data` is. */
const DATA = "data";

export function declaredDatasets(root: string, project: ProjectFile): DatasetSource[] {
  const globs = new Map<string, string[]>();
  for (const [name, patterns] of Object.entries(project.datasets ?? {})) globs.set(name, [patterns].flat());
  if (project.data?.length) globs.set(DATA, [...project.data, ...(globs.get(DATA) ?? [])]);
  return [...globs].map(([name, patterns]) => {
    const wanted = filePatterns(root, patterns);
    return {
      name,
      kind: "declared",
      always: name === DATA && Boolean(project.data?.length),
      matches: wanted.matches,
      list: () => listDeclared(root, patterns, wanted),
    };
  });
}

async function listDeclared(root: string, patterns: string[], wanted: FilePatterns): Promise<DatasetListing> {
  const files = await wanted.list();
  const positive = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unfit = positive.filter((pattern) => {
    const { matches } = filePatterns(root, [pattern]);
    return !files.some(matches);
  });
  return { files, gaps: unfit.map(nothingFits) };
}

function nothingFits(pattern: string): Gap {
  const message = `No file fits "${pattern}", which ${PROJECT_FILE_NAME} declares as data. Correct the pattern or remove it.`;
  return { kind: "missing", path: pattern, message };
}
