/** Every kind of gate by its name. */
import type { GateKind } from "../../../domain/gateSettings";
import type { Gate } from "../gate";
import { championGate } from "./champion";
import { commandGate } from "./command";
import { convergenceGate } from "./convergence";
import { dataGate } from "./data";
import { fairnessGate } from "./fairness";
import { finiteGate } from "./finite";
import { latencyGate } from "./latency";
import { metricGate } from "./metric";
import { pytestGate } from "./pytest";
import { robustnessGate } from "./robustness";
import { sizeGate } from "./size";

export const KINDS: { [Kind in GateKind]: Gate<Kind> } = {
  metric: metricGate,
  champion: championGate,
  finite: finiteGate,
  convergence: convergenceGate,
  data: dataGate,
  fairness: fairnessGate,
  robustness: robustnessGate,
  latency: latencyGate,
  size: sizeGate,
  pytest: pytestGate,
  command: commandGate,
};
