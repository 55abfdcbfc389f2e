import { useEffect, useRef } from "react";

/**
 * Calls back now, and when there are news, but once in `pause` ms at most: a run that logs often changes many times in a
 * second. `listen` gives a function that ends the listening.
 */
export function usePacedNews(listen: (listener: () => void) => () => void, pause: number, call: () => void): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    latest.current();
    const end = listen(() => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        latest.current();
      }, pause);
    });
    return () => {
      end();
      clearTimeout(waiting);
    };
  }, [listen, pause]);
}
