import { useEffect, useRef, useState } from "react";
import type { LogPosition } from "../../src/protocol/runPage";
import { Button } from "../controls";
import { extension } from "./extension";

export interface LogPlaceViewProps {
  position: LogPosition;
  /** Moves to another place. */
  onMove(position: LogPosition): void;
  onBack(): void;
}

interface Place {
  position: LogPosition;
  from: LogPosition;
  to: LogPosition;
  lines: string[];
  size: number;
}

/** The log around one of its lines, with ways on in both directions. */
export function LogPlaceView({ position, onMove, onBack }: LogPlaceViewProps) {
  const [place, setPlace] = useState<Place>();
  const [fault, setFault] = useState<string>();
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const controller = new AbortController();
    extension.call("logPlace", position, controller.signal).then(
      (read) => {
        setFault(undefined);
        setPlace({ ...read, position });
      },
      (error: Error) => {
        if (!controller.signal.aborted) setFault(error.message);
      },
    );
    return () => controller.abort();
  }, [position]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once another place shows.
  useEffect(() => {
    line.current?.scrollIntoView({ block: "center" });
    line.current?.focus({ preventScroll: true });
  }, [place]);

  return (
    <>
      <div className="log-bar">
        <Button onClick={onBack}>Back to Found Lines</Button>
        <Button off={!place || place.from.offset === 0} onClick={() => place && onMove(place.from)}>
          Earlier
        </Button>
        <Button off={!place || place.to.offset >= place.size} onClick={() => place && onMove(place.to)}>
          Later
        </Button>
      </div>
      {fault && <p role="alert">The log could not be read: {fault}</p>}
      {place && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls with the keys.
        <section className="log" tabIndex={0} aria-label={`Log around line ${place.position.line}`}>
          {place.lines.map((text, at) => {
            const number = place.from.line + at;
            const isHere = number === place.position.line;
            return (
              <div key={number} ref={isHere ? line : undefined} tabIndex={isHere ? -1 : undefined} data-here={isHere}>
                <span className="line-number">{number}</span>
                {text}
              </div>
            );
          })}
        </section>
      )}
    </>
  );
}
