import { useCallback, useRef, useState } from "react";
import type { Try, TryAnswer, TryItContent } from "../../src/protocol/tryIt";
import { usePacedNews } from "../base/pacedNews";
import { extension, keptState, onChanged } from "./extension";

export interface Deployment {
  content: TryItContent | undefined;
  fault: string | undefined;
  reload(): void;
}

const PAUSE_MS = 1_000;

/** How the deployment stands, brought up to date while it changes. */
export function useDeployment(): Deployment {
  const [content, setContent] = useState<TryItContent>();
  const [fault, setFault] = useState<string>();
  const reload = useCallback(() => {
    extension.call("load", {}).then(
      (loaded) => {
        setContent(loaded);
        setFault(undefined);
      },
      (error: Error) => setFault(error.message),
    );
  }, []);
  usePacedNews(onChanged, PAUSE_MS, reload);
  return { content, fault, reload };
}

/** Older ones are forgotten. */
const MOST_TRIES = 50;

/** What was sent since the page was opened, before it was last hidden too, the newest first. */
export function useTries(): { tries: Try[]; isSending: boolean; send(body: string): void } {
  const [tries, setTries] = useState<Try[]>(() => keptState()?.tries ?? []);
  const [isSending, setSending] = useState(false);
  const sent = useRef(tries[0]?.number ?? 0);

  const send = useCallback((body: string) => {
    const number = ++sent.current;
    const add = (answer: TryAnswer | undefined, fault: string | undefined) => {
      setSending(false);
      setTries((before) => [{ number, body, answer, fault }, ...before].slice(0, MOST_TRIES));
    };
    setSending(true);
    extension.call("send", { body }).then(
      (answer) => add(answer, undefined),
      (error: Error) => add(undefined, error.message),
    );
  }, []);
  return { tries, isSending, send };
}
