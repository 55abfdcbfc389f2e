import { useEffect, useState } from "react";
import type { ImportanceAnswer, ImportanceRequest } from "../../../src/protocol/charts";
import { extension } from "../extension";

export interface ReadImportance {
  /** Undefined while it is worked out; null: there are too few runs, or all have the same value. */
  answer: ImportanceAnswer | null | undefined;
  fault: string | undefined;
}

/** Runs are hidden one after the other. */
const SETTLE_MS = 200;

/** Worked out anew when the request changes; its runs have ended, so that nothing else changes it. */
export function useImportance(request: ImportanceRequest | null): ReadImportance {
  const asked = request && JSON.stringify(request);
  const [read, setRead] = useState<{ asked: string; answer: ImportanceAnswer | null }>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    if (asked === null) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      extension.call("importance", JSON.parse(asked), controller.signal).then(
        (answer) => {
          if (controller.signal.aborted) return;
          setRead({ asked, answer });
          setFault(undefined);
        },
        (error: Error) => {
          if (!controller.signal.aborted) setFault(error.message);
        },
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [asked]);
  return { answer: read?.asked === asked ? read?.answer : undefined, fault };
}
