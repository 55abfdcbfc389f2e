/** What a project says about how much is kept, and for how long. */
import { UserError } from "../domain/errors";
import type { ProjectFile } from "../domain/projectFile";
import { PROJECT_FILE_NAME } from "../domain/projectFileName";
import { readProjectFile } from "../snapshot/projectFile";

export interface SpaceRules {
  /** Bytes that the store may take; null: any number. */
  budget: number | null;
  /** Deleted runs are freed so many days after. */
  keepDeletedDays: number;
  /** Scratch runs are freed so many days after they ended; null: only when the budget is exceeded. */
  keepScratchDays: number | null;
}

export const DEFAULT_RULES: SpaceRules = { budget: null, keepDeletedDays: 30, keepScratchDays: null };

/** The rules of the project at `root`. Throws UserError when its project file makes no sense: nothing is freed by a guess. */
export async function readRules(root: string): Promise<SpaceRules> {
  let file: ProjectFile;
  try {
    file = await readProjectFile(root);
  } catch (error) {
    const message = `${PROJECT_FILE_NAME} could not be used (${(error as Error).message}). Correct it, then try again.`;
    throw new UserError(message, { cause: error });
  }
  const { budget, keepDeletedDays, keepScratchDays } = file.space ?? {};
  return {
    budget: budget ?? DEFAULT_RULES.budget,
    keepDeletedDays: keepDeletedDays ?? DEFAULT_RULES.keepDeletedDays,
    keepScratchDays: keepScratchDays ?? DEFAULT_RULES.keepScratchDays,
  };
}
