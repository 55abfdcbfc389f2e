import { isKnownTarget, onlyServes, type TargetSettings } from "./targets";

/** What of its settings tells a target from others of its kind, in a few words; empty where nothing does. */
export function targetPlace(settings: TargetSettings): string {
  if (!isKnownTarget(settings) && !onlyServes(settings)) return "";
  switch (settings.kind) {
    case "ssh":
      return settings.host;
    case "slurm":
      return listed(settings.host, settings.partition);
    case "docker":
    case "podman":
      return settings.image ?? "";
    case "kubernetes":
      return listed(settings.context, settings.namespace, settings.image);
    case "trainjob":
      return listed(settings.context, settings.namespace, settings.runtime);
    case "ray":
      return settings.address;
    case "command":
      return settings.submit[0] ?? "";
    case "kserve":
      return listed(settings.context, settings.namespace);
    case "mlflow":
      return settings.python ?? "";
    case "sagemaker":
      return listed(settings.profile, settings.region, settings.endpoint);
    case "vertex":
      return listed(settings.project, settings.region);
    case "azureml":
      return listed(settings.workspace, settings.resourceGroup, settings.endpoint);
  }
}

const listed = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(", ");
