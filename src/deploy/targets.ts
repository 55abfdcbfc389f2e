/** From the name of a target to what can serve models there. */
import { UserError } from "../domain/errors";
import { LOCAL } from "../domain/localTarget";
import type {
  KnownTargetSettings,
  ServingKind,
  ServingOf,
  ServingTargetSettings,
  TargetKind,
  TargetOf,
} from "../domain/targets";
import type { Store } from "../store/contract";
import { targetSettings } from "../targets/registry";
import type { ServingTarget } from "./contract";

/** What a place to serve is made with, besides its settings. */
export interface ServingContext {
  store: Store;
  /** Of this process. */
  env: NodeJS.ProcessEnv;
}

/** What the room of a kind offers. Throws UserError for settings that cannot be. */
export type MakeServing<Settings> = (
  name: string,
  settings: Settings,
  context: ServingContext,
) => ServingTarget | Promise<ServingTarget>;

type Rooms = { [Kind in TargetKind]?: () => Promise<MakeServing<TargetOf<Kind>>> } & {
  [Kind in ServingKind]?: () => Promise<MakeServing<ServingOf<Kind>>>;
};
type OwnSettings = KnownTargetSettings | ServingTargetSettings;
type Room = () => Promise<MakeServing<OwnSettings>>;

/** Where each kind is made, loaded when it is asked for. */
const container = async () => (await import("./container/containerServing")).makeContainerServing;
const ROOMS: Rooms = {
  docker: container,
  podman: container,
  ssh: async () => (await import("./ssh/sshServing")).makeSshServing,
  kubernetes: async () => (await import("./kubernetes/kubernetesServing")).makeKubernetesServing,
  kserve: async () => (await import("./kserve/kserveServing")).makeKServeServing,
  mlflow: async () => (await import("./mlflow/mlflowServing")).makeMlflowServing,
  sagemaker: async () => (await import("./sagemaker/sagemakerServing")).makeSageMakerServing,
  vertex: async () => (await import("./vertex/vertexServing")).makeVertexServing,
  azureml: async () => (await import("./azureml/azureServing")).makeAzureServing,
};

/** Whether models can be served on targets of this kind. */
export function servesModels(kind: string): boolean {
  return Object.hasOwn(ROOMS, kind);
}

/** The target `name` of the project, or `local`. */
export async function openServingTarget(name: string, context: ServingContext): Promise<ServingTarget> {
  if (name === LOCAL) return (await import("./local/localServing")).makeLocalServing(context);
  const settings = await targetSettings(context.store.root, name);
  const room = servesModels(settings.kind) ? (ROOMS[settings.kind as keyof Rooms] as Room) : undefined;
  if (room) return (await room())(name, settings as OwnSettings, context);
  const kinds = [LOCAL, ...Object.keys(ROOMS)].join(", ");
  throw new UserError(
    `"${name}" is a target of the kind ${settings.kind}, which serves no models. These do: ${kinds}.`,
  );
}
