import { useEffect, useMemo, useState } from "react";
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

/** Of all points of a metric, anew when the runs are others, or changed; `key` null: none are wanted. */
export function useBoxes(key: string | null, runs: readonly ChartRun[]): ReadBoxes {
  const [read, setRead] = useState<Read>();
  const [fault, setFault] = useState<string>();
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
  }, [key, runs]);
  return useMemo(() => {
    if (key === null) return { boxes: null, fault: undefined };
    if (read?.key !== key) return { boxes: null, fault };
    const byRun = new Map(read.runs.map(({ id }, place) => [id, read.boxes[place]]));
    return { boxes: runs.map(({ id }) => byRun.get(id) ?? null), fault };
  }, [key, read, runs, fault]);
}
