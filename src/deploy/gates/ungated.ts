/** Whether a version became champion without the gates that modeltrail.yaml has for that: clients of MLflow ask none. */
import { modelSubject } from "../../domain/audit";
import { CHAMPION } from "../../registry/resolveVersion";
import type { Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import { chooseGates } from "./chooseGates";
import { gatedProject } from "./gatedProject";

/** Entries of a version that are looked through for the one by which it became champion. */
const MOST_ENTRIES = 100;

/** In words for whoever looks at the version. */
export const UNGATED = "without gates, by a client of MLflow";

/** False, too, when modeltrail.yaml has no gates for it, or makes no sense: that is told where gates are asked. */
export async function isUngated(
  store: Store,
  { model, version, aliases }: Pick<ModelVersion, "model" | "version" | "aliases">,
): Promise<boolean> {
  if (!aliases.includes(CHAMPION)) return false;
  const query = { subject: modelSubject(model, version), actions: ["alias.set"], limit: MOST_ENTRIES };
  const given = store.audit.list(query).find(({ evidence }) => evidence.alias === CHAMPION);
  if (given?.evidence.gates !== NOT_ASKED) return false;
  const { gates } = await gatedProject(store.root).catch(() => ({ gates: null }));
  return chooseGates(gates ?? {}, model, "promote").length > 0;
}

const NOT_ASKED = "not asked";
