import { useEffect, useState } from "react";
import { extension } from "../extension";

export interface TableFilter {
  /** Whether the Runs table shows what is left here. */
  follows: boolean;
  toggle(): void;
  fault: string | undefined;
}

/** A brush that is dragged changes many times in a second. */
const SETTLE_MS = 150;

/** Has the Runs table, once it is asked for, filtered as the brushes are. Undefined: the filter is not known yet. */
export function useTableFilter(filter: string | undefined): TableFilter {
  const [follows, setFollows] = useState(false);
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    if (!follows || filter === undefined) return;
    const timer = setTimeout(() => {
      extension.call("filterTable", { filter }).then(
        () => setFault(undefined),
        (error: Error) => setFault(error.message),
      );
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [follows, filter]);
  return { follows, toggle: () => setFollows((before) => !before), fault };
}
