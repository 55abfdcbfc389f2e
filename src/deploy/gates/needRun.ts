import { UserError } from "../../domain/errors";
import type { RunHead } from "../../store/contract";
import type { GateContext } from "./gate";

/** Throws UserError when it is not known which run made the version. */
export function needRun({ run, version }: Pick<GateContext, "run" | "version">): RunHead {
  if (run) return run;
  const { model, version: number } = version;
  throw new UserError(
    version.run === null
      ? `It is not known which run made version ${number} of ${model}. Register a version from a recorded run.`
      : `The run that made version ${number} of ${model} is not in this store any more.`,
  );
}
