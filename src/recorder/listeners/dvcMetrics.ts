/** Metrics of a DVC pipeline's stages, whether a stage ran, was brought from DVC's cache, or had not changed. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Listener } from "../listener";

/** `folder`: where `dvc` was started. `tell`: offers a file to the readers of metrics. */
export function createDvcMetrics(folder: string, tell: (file: string) => void): Listener {
  return {
    hear() {},
    take: () => ({}),
    async finish() {
      // Else it is a project of MLflow.
      if (!existsSync(path.join(folder, "dvc.yaml"))) return;
      const { readDvcMetricFiles } = await import("../../snapshot/dvc");
      for (const file of await readDvcMetricFiles(folder)) if (existsSync(file)) tell(file);
    },
  };
}
