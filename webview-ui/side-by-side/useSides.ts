import { useCallback, useState } from "react";
import type { Differences, SideBySideContent } from "../../src/protocol/sideBySide";
import { usePacedNews } from "../base/pacedNews";
import { extension, onChanged } from "./extension";

export interface Sides {
  content: SideBySideContent | undefined;
  differences: Differences | undefined;
  fault: string | undefined;
  reload(): void;
}

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

  usePacedNews(onChanged, PAUSE_MS, reload);
  return { content, differences, fault, reload };
}
