import { useEffect, useState } from "react";
import type { Box } from "../../../src/domain/box";
import type { ChartRun } from "../../../src/protocol/charts";
import { extension } from "../extension";

export interface ReadBoxes {
  /** By run; null while they are read, or when none are wanted. */
  boxes: readonly (Box | null)[] | null;
  fault: string | undefined;
}

interface Read {
  key: string;
  runs: readonly ChartRun[];
  boxes: (Box | null)[];
}

/** Of all points of a metric; `key` null: none are wanted. */
export function useBoxes(key: string | null, runs: readonly ChartRun[], revision: number): ReadBoxes {
  const [read, setRead] = useState<Read>();
  const [fault, setFault] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has other points.
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    extension.call("boxes", { key, runs: runs.map(({ id }) => id) }, controller.signal).then(
      ({ boxes }) => {
        if (controller.signal.aborted) return;
        setRead({ key, runs, boxes });
        setFault(undefined);
      },
      (error: Error) => {
        if (!controller.signal.aborted) setFault(error.message);
      },
    );
    return () => controller.abort();
  }, [key, runs, revision]);
  const isOfThese = key !== null && read?.key === key && read.boxes.length === runs.length;
  return { boxes: isOfThese ? read.boxes : null, fault: key === null ? undefined : fault };
}
