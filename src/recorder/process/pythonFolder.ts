import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** A folder of `python/`, which is shipped beside the programs and lies beside the sources. */
export function pythonFolder(
  name:
    | "pty"
    | "tracer"
    | "importers"
    | "evaluate"
    | "kernel"
    | "agent"
    | "bundle"
    | "sweep"
    | "host"
    | "checks"
    | "serve"
    | "bundle_model"
    | "mlflow_serve"
    | "ci",
): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = join(folder, "python", name);
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) throw new Error(`python/${name} is not beside ${import.meta.dirname}`);
  }
}
