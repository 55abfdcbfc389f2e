/** Model servers as processes of a Python of this machine. */
import type { ReadyBundle } from "../contract";
import type { ServingOptions, ServingPython } from "../environment/servingPython";
import type { FindCommand } from "./apply";
import { serverArguments } from "./settings";

export type FindPython = (bundle: ReadyBundle, options: ServingOptions) => Promise<ServingPython>;

export function pythonCommand(find: FindPython, processEnv: NodeJS.ProcessEnv): FindCommand {
  return async ({ ready }, { settings }, options) => {
    const { environment } = settings;
    const { python, env } = await find(ready, { environment, env: processEnv, ...options });
    return { argv: [python, "-m", "modeltrail_serve", ...serverArguments(ready, settings)], env };
  };
}
