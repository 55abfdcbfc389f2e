import { useEffect, useRef, useState } from "react";
import { extension } from "./extension";
import { addHits, type LogHits, noHits } from "./logHits";

export interface LogSearch {
  /** Undefined while nothing is searched for. */
  found: LogHits | undefined;
  fault: string | undefined;
  isSearching: boolean;
  cancel(): void;
  /** After a pause for the sake of the page. */
  goOn(): void;
}

/** A letter more, and the search for the letters before was for nothing. */
const PAUSE_MS = 250;
/** After so many hits the search waits to be asked. */
export const HITS_AT_ONCE = 1_000;

/** So many hits of this text were asked for: another object each time that somebody asks, even for as many as before. */
interface Limit {
  text: string;
  hits: number;
}

/** Searches the whole log, part by part; with another `revision` of the run what was added to it since. */
export function useLogSearch(wanted: string, revision: number): LogSearch {
  const text = wanted.trim();
  const [found, setFound] = useState<LogHits>();
  const [fault, setFault] = useState<string>();
  const [isSearching, setSearching] = useState(false);
  const [limit, setLimit] = useState<Limit>();
  const controller = useRef<AbortController>(undefined);
  const latest = useRef(found);
  latest.current = found;
  const cancelled = useRef<string>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has more lines.
  useEffect(() => {
    if (text === "") {
      setFound(undefined);
      setLimit(undefined);
      cancelled.current = undefined;
    }
    if (text === "" || cancelled.current === text) return;
    cancelled.current = undefined;
    const own = new AbortController();
    controller.current = own;
    const most = limit?.text === text ? limit.hits : HITS_AT_ONCE;
    const isNew = latest.current?.text !== text;
    const timer = setTimeout(() => void search(), isNew ? PAUSE_MS : 0);

    async function search(): Promise<void> {
      let hits = isNew ? noHits(text) : latest.current!;
      setSearching(true);
      setFault(undefined);
      try {
        do {
          hits = addHits(hits, await extension.call("searchLog", { text, from: hits.next }, own.signal));
          setFound(hits);
        } while (!hits.done && hits.hits.length < most);
      } catch (error) {
        if (!own.signal.aborted) setFault((error as Error).message);
      }
      if (controller.current === own) setSearching(false);
    }
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [text, revision, limit]);

  return {
    found: text === "" ? undefined : found,
    fault,
    isSearching,
    cancel() {
      cancelled.current = text;
      controller.current?.abort();
      setSearching(false);
    },
    goOn() {
      cancelled.current = undefined;
      setLimit({ text, hits: (found?.hits.length ?? 0) + HITS_AT_ONCE });
    },
  };
}
