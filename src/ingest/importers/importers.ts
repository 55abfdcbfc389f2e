/** The importers, by kind. */

import { aim } from "./aim";
import type { Importer, ImportKind } from "./contract";
import { dvc } from "./dvc";
import { mlflowDatabase } from "./mlflowDatabase";
import { mlflowFolder } from "./mlflowFolder";
import { mlflowServer } from "./mlflowServer";
import { tensorboard } from "./tensorboard";
import { trackio } from "./trackio";
import { wandb } from "./wandb";

export const importers: Record<ImportKind, Importer> = {
  "mlflow-folder": mlflowFolder,
  "mlflow-database": mlflowDatabase,
  aim,
  "mlflow-server": mlflowServer,
  dvc,
  tensorboard,
  trackio,
  wandb,
};
