import { useEffect, useRef, useState } from "react";
import type { ChartsContent } from "../../src/protocol/charts";
import { extension, onChanged } from "./extension";

export interface Content {
  content: ChartsContent | undefined;
  fault: string | undefined;
  /** Counts the changes of the runs. */
  revision: number;
  reload(): void;
}

/** A run that logs often changes many times in a second. */
const PAUSE_MS = 1_000;

/** What the page is about, brought up to date while runs go on. */
export function useContent(): Content {
  const [content, setContent] = useState<ChartsContent>();
  const [fault, setFault] = useState<string>();
  const [revision, setRevision] = useState(0);
  const load = useRef(() => {
    extension.call("load", {}).then(
      (loaded) => {
        setContent(loaded);
        setFault(undefined);
      },
      (error: Error) => setFault(error.message),
    );
  });

  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const look = () => {
      waiting = undefined;
      last = performance.now();
      setRevision((before) => before + 1);
      load.current();
    };
    load.current();
    const end = onChanged(() => {
      waiting ??= setTimeout(look, Math.max(0, last + PAUSE_MS - performance.now()));
    });
    return () => {
      end();
      clearTimeout(waiting);
    };
  }, []);
  return { content, fault, revision, reload: load.current };
}
