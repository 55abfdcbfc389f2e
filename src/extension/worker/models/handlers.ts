/** Answers about models, from the stores. */
import type { Handlers } from "../../../protocol/channel";
import type { Store } from "../../../store/contract";
import type { ModelsApi } from "./api";
import { findVersion, listModels, listVersions, versionDetails } from "./listModels";

export interface ModelStores {
  find(root: string): Store | undefined;
}

export function modelHandlers({ find }: ModelStores): Handlers<ModelsApi> {
  return {
    listModels: ({ root, limit }) => listModels(find(root), limit),
    listModelVersions: ({ root, model, limit }) => listVersions(find(root), model, limit),
    modelVersion: ({ root, model, version }) => findVersion(find(root), model, version),
    versionDetails: ({ root, model, version }) => versionDetails(find(root), model, version),
  };
}
