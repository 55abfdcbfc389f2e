/** The importers, by kind. */
import type { Importer, ImportKind } from "./contract";
import { mlflowDatabase } from "./mlflowDatabase";
import { mlflowFolder } from "./mlflowFolder";
import { tensorboard } from "./tensorboard";
import { trackio } from "./trackio";
import { wandb } from "./wandb";

export const importers: Record<ImportKind, Importer> = {
  "mlflow-folder": mlflowFolder,
  "mlflow-database": mlflowDatabase,
  tensorboard,
  trackio,
  wandb,
} as Record<ImportKind, Importer>;
