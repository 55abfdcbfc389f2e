import { useCallback, useEffect, useState } from "react";
import type { Differences, SideBySideContent } from "../../src/protocol/sideBySide";
import { extension, onChanged } from "./extension";

export interface Sides {
  content: SideBySideContent | undefined;
  differences: Differences | undefined;
  fault: string | undefined;
  reload(): void;
}

/** A run that is going on changes many times in a second. */
const PAUSE_MS = 2_000;

/** What the page is about, brought up to date while runs go on. */
export function useSides(): Sides {
  const [content, setContent] = useState<SideBySideContent>();
  const [differences, setDifferences] = useState<Differences>();
  const [fault, setFault] = useState<string>();

  const reload = useCallback(() => {
    const failed = (error: Error) => setFault(error.message);
    extension.call("load", {}).then((loaded) => {
      setContent(loaded);
      setFault(undefined);
    }, failed);
    extension.call("differences", {}).then(setDifferences, failed);
  }, []);

  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    reload();
    const end = onChanged(() => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        reload();
      }, PAUSE_MS);
    });
    return () => {
      end();
      clearTimeout(waiting);
    };
  }, [reload]);
  return { content, differences, fault, reload };
}
