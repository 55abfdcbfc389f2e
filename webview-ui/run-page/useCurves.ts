import { useEffect, useState } from "react";
import type { CurveAxis, CurveSet } from "../../src/domain/curve";
import { unpackCurves } from "../../src/protocol/packedCurves";
import { extension } from "./extension";

export interface CurvesWish {
  run: string;
  metrics: readonly string[];
  axis: CurveAxis;
  buckets: number;
  /** Another one has other points. */
  revision: number;
  /** False: not yet. */
  isWanted?: boolean;
}

/** In the order of the metrics; undefined until they are read, and when they cannot be: what is beside tells the values. */
export function useCurves(wish: CurvesWish): CurveSet[] | undefined {
  const { run, metrics, axis, buckets, revision, isWanted = true } = wish;
  const [sets, setSets] = useState<CurveSet[]>();
  const names = metrics.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has other points, and the names are the metrics.
  useEffect(() => {
    if (!isWanted) return;
    const controller = new AbortController();
    const common = { axis, log: false, range: null, smoothing: 0, groups: null, buckets, runs: [run] };
    const asked = metrics.map((key) => extension.call("curves", { ...common, key }, controller.signal));
    Promise.all(asked).then(
      (packed) => setSets(packed.map(unpackCurves)),
      () => {},
    );
    return () => controller.abort();
  }, [run, names, axis, buckets, revision, isWanted]);
  return sets;
}
