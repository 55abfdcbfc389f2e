/** What a gate of any kind is given, and what it says. */

import type { GatedStep, GateVerdict } from "../../domain/gate";
import type { EvaluationSettings, GateKind, GateOf } from "../../domain/gateSettings";
import type { RunHead, Store } from "../../store/contract";
import type { ModelVersion } from "../../store/registry/contract";
import type { ReadyBundle } from "../contract";
import type { ServingPython } from "../environment/servingPython";
import type { Evaluations } from "./evaluate/evaluations";

export interface Finding {
  verdict: GateVerdict;
  /** One sentence without its full stop, with the figures: "accuracy 0.91 is below 0.95". */
  summary: string;
  /** All figures: JSON; numbers that are not finite are kept as texts. */
  detail: Record<string, unknown>;
}

export interface GateContext {
  store: Store;
  /** The project's folder: files that gates name are relative to it. */
  root: string;
  version: ModelVersion;
  /** The run that made the version; null when none is known. */
  run: RunHead | null;
  step: GatedStep | null;
  /** Of modeltrail.yaml. */
  evaluation: EvaluationSettings | null;
  evaluations: Evaluations;
  /** Of the version: made when it is asked for. */
  bundle(): Promise<ReadyBundle>;
  /** The Python that serves the bundle. */
  python(): Promise<ServingPython>;
  signal: AbortSignal;
}

/**
 * Finds out whether the version passes. Throws UserError when that cannot be found out, with a sentence on why and what to do:
 * the gate's verdict is then `error`.
 */
export type Gate<Kind extends GateKind> = (settings: GateOf<Kind>, context: GateContext) => Promise<Finding>;

export const passed = (summary: string, detail: Finding["detail"] = {}): Finding => ({
  verdict: "passed",
  summary,
  detail,
});
export const failed = (summary: string, detail: Finding["detail"] = {}): Finding => ({
  verdict: "failed",
  summary,
  detail,
});
export const skipped = (summary: string, detail: Finding["detail"] = {}): Finding => ({
  verdict: "skipped",
  summary,
  detail,
});

/** Failed with the complaints when there are any, else passed with what is good. */
export function judged(complaints: readonly string[], good: string, detail: Finding["detail"]): Finding {
  return complaints.length > 0 ? failed(complaints.join("; "), detail) : passed(good, detail);
}
