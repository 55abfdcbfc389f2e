/** All endpoints. Each group has a file of its own in handlers/; what is not here is answered with ENDPOINT_NOT_FOUND. */
import { artifactRoutes } from "./handlers/artifacts";
import { experimentRoutes } from "./handlers/experiments";
import { historyRoutes } from "./handlers/history";
import { intervalRoutes } from "./handlers/historyInterval";
import { inputRoutes } from "./handlers/inputs";
import { loggedModelRoutes } from "./handlers/loggedModels";
import { loggingRoutes } from "./handlers/logging";
import { miscRoutes } from "./handlers/misc";
import { modelVersionRoutes } from "./handlers/modelVersions";
import { registeredModelRoutes } from "./handlers/registeredModels";
import { runRoutes } from "./handlers/runs";
import { searchRoutes } from "./handlers/search";
import { traceRoutes } from "./handlers/traces";
import type { Route } from "./route";

export const ROUTES: readonly Route[] = [
  ...miscRoutes,
  ...experimentRoutes,
  ...runRoutes,
  ...loggingRoutes,
  ...inputRoutes,
  ...historyRoutes,
  ...artifactRoutes,
  ...searchRoutes,
  ...intervalRoutes,
  ...loggedModelRoutes,
  ...registeredModelRoutes,
  ...modelVersionRoutes,
  ...traceRoutes,
];
