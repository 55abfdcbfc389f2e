import { useEffect, useRef, useState } from "react";
import type { CurveSet } from "../../src/domain/curve";
import type { CurvesRequest } from "../../src/protocol/charts";
import { unpackCurves } from "../../src/protocol/packedCurves";
import { extension } from "./extension";
import { markLatest } from "./marks";

export interface Curves {
  /** What came last, while the next is under way. */
  set: CurveSet | undefined;
  fault: string | undefined;
}

/** Zooming asks many times in a second; only the first and the last question of a burst are put. */
const SETTLE_MS = 40;

/** The curves that `request` asks for, asked anew when it or `revision` changes. */
export function useCurves(request: CurvesRequest, revision: number): Curves {
  const [curves, setCurves] = useState<Curves>({ set: undefined, fault: undefined });
  const lastAsked = useRef(0);
  const asked = JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has other curves.
  useEffect(() => {
    const controller = new AbortController();
    const ask = () => {
      lastAsked.current = performance.now();
      markLatest("curves-asked");
      extension.call("curves", JSON.parse(asked), controller.signal).then(
        (packed) => {
          markLatest("curves-came");
          if (!controller.signal.aborted) setCurves({ set: unpackCurves(packed), fault: undefined });
        },
        (error: Error) => {
          if (!controller.signal.aborted) setCurves(({ set }) => ({ set, fault: error.message }));
        },
      );
    };
    const since = performance.now() - lastAsked.current;
    const timer = since < SETTLE_MS ? setTimeout(ask, SETTLE_MS - since) : undefined;
    if (timer === undefined) ask();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [asked, revision]);
  return curves;
}
