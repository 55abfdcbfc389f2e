/** Answers about models, from the stores. */
import type { Handlers } from "../../../protocol/channel";
import type { Store } from "../../../store/contract";
import type { ModelsApi } from "./api";
import {
  archive,
  card,
  cardForm,
  demote,
  describe,
  fillCard,
  modelsOfRun,
  register,
  setAlias,
  setTags,
  trustedSources,
  trustNeeded,
  trustSource,
  unarchive,
} from "./changes";
import { findVersion, listModels, listVersions, versionDetails } from "./listModels";

export interface ModelStores {
  find(root: string): Store | undefined;
  /** Throws UserError where there is none. */
  need(root: string): Store;
  /** Throws UserError where there is none, or it may not be written. */
  writable(root: string): Store;
}

export function modelHandlers({ find, need, writable }: ModelStores): Handlers<ModelsApi> {
  return {
    listModels: ({ root, limit }) => listModels(find(root), limit),
    listModelVersions: ({ root, model, limit }) => listVersions(find(root), model, limit),
    modelVersion: ({ root, model, version }) => findVersion(find(root), model, version),
    versionDetails: ({ root, model, version }) => versionDetails(find(root), model, version),

    modelsOfRun: ({ root, run }) => modelsOfRun(need(root), run),
    registerModel: ({ root, ...asked }) => register(writable(root), asked),
    setModelAlias: ({ root, alias, ...version }) => setAlias(writable(root), version, alias),
    removeModelAlias: ({ root, model, alias }) => writable(root).registry.deleteAlias(model, alias),
    demoteModel: ({ root, model, alias }) => demote(writable(root), model, alias),
    archiveModel: ({ root, reason, evenDeployed, ...version }) =>
      archive(writable(root), version, reason, evenDeployed),
    unarchiveModel: ({ root, ...version }) => unarchive(writable(root), version),
    describeModel: ({ root, model, version, description }) => describe(writable(root), model, version, description),
    setModelTags: ({ root, model, version, tags }) => setTags(writable(root), model, version, tags),

    cardForm: ({ root, ...version }) => cardForm(find(root), version),
    fillModelCard: ({ root, text, ...version }) => fillCard(writable(root), version, text),
    modelCard: ({ root, ...version }) => card(need(root), version),
    trustNeeded: ({ root, ...version }) => trustNeeded(need(root), version),
    trustSource: ({ root, ...version }) => trustSource(writable(root), version),
    trustedSources: ({ root }) => trustedSources(find(root)),
    forgetTrust: ({ root, source }) => writable(root).trust.forget(source),
    auditEntries({ root, subject, limit }) {
      return find(root)?.audit.list({ limit, ...(subject === null ? {} : { subject }) }) ?? [];
    },
    verifyAudit: ({ root }) => need(root).audit.verify(),
  };
}
