/** What gates have found, version by version. */
import type { GateResult } from "../../domain/gate";

export interface GateStore {
  /** Gives the result as it is kept: its texts masked. */
  add(result: Omit<GateResult, "id">): GateResult;
  /** The newest first; `latest`: only the newest of each gate. At most 1,000. */
  ofVersion(model: string, version: number, options?: { latest?: boolean }): GateResult[];
  /** Another number for each result that is added; 0: there are none. */
  last(): number;
}
