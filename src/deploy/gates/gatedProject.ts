/** The project's file, for what gates it has. */
import { UserError } from "../../domain/errors";
import type { ProjectFile } from "../../domain/projectFile";
import { readProjectFile } from "../../snapshot/projectFile";

/** Throws UserError when it makes no sense: what is asked for there must not be passed over. */
export async function gatedProject(root: string): Promise<ProjectFile> {
  try {
    return await readProjectFile(root);
  } catch (error) {
    throw new UserError(`modeltrail.yaml is not right: ${(error as Error).message}`);
  }
}
