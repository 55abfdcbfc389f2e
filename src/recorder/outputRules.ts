/** The project's own rules for output lines, with errors that say where they stand. */
import { UserError } from "../domain/errors";
import type { MetricsSettings } from "../domain/projectFile";
import { PROJECT_FILE_NAME } from "../domain/projectFileName";
import { compileRules, type OwnRules, RuleError } from "../ingest/ownRules";
import { projectFileLine } from "../snapshot/projectFile";

/** Throws UserError that names the rule and its line. */
export async function loadRules(root: string, settings: MetricsSettings): Promise<OwnRules> {
  try {
    return compileRules(settings);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const path = ["metrics", ...error.path];
    const line = await projectFileLine(root, path);
    const where = `${PROJECT_FILE_NAME}${line === undefined ? "" : `, line ${line}`}`;
    throw new UserError(`${where}: ${nameOf(error.path)}: ${error.message}.`);
  }
}

/** "rule 2", as `modeltrail rules test` calls it. */
function nameOf([list, index]: (string | number)[]): string {
  return list === "rules" ? `rule ${Number(index) + 1}` : `metrics.${list}, entry ${Number(index) + 1}`;
}
